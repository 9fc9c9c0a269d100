/* ktstr vm kernel: kernels of Debian's packages, fetched through apt and kept in a folder. */
#include "tool/vm.h"

#include "vm/luggage.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_SUITE "sid"

/* $1 the folder of kernels, $2 the suite, $3 whether to look for a newer one. Prints the image's
 * path. Works past the system's own lists and caches, in a folder that goes whatever happens; apt
 * checks signatures and checksums of what it fetches, and the image's own is kept beside it. */
static const char fetch_script[] =
	"set -eu\n"
	"kept=$1/$2\n"
	"tell() { echo \"$1\" || exit 3; }\n"
	"newest() { ls -1t \"$kept\"/vmlinuz-* 2>/dev/null | grep -v '[.]sha256$' | head -n 1; }\n"
	"whole() { [ -n \"$1\" ] && (cd \"$kept\" && sha256sum --status -c \"$1.sha256\"); }\n"
	"image=$(newest)\n"
	"if [ \"$3\" = no ] && whole \"$image\"; then tell \"$image\"; exit; fi\n"
	"die() { echo \"ktstr: no kernel of $2 could be fetched: $1\" >&2; exit 3; }\n"
	"for tool in apt-get apt-cache dpkg-deb sha256sum; do\n"
	"  command -v $tool >/dev/null || die \"there is no $tool; --kernel names a kernel\" "
	"\"$2\"\n"
	"done\n"
	"mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list"
	" /etc/apt/sources.list.d/*.sources 2>/dev/null |\n"
	"  sed -nE 's,^(URIs:|deb +(\\[[^]]*\\])?) *([a-z]+:/[^ ]*/debian/?)( .*)?$,\\3,p' |"
	" head -n 1)\n"
	"[ -n \"$mirror\" ] || die \"apt knows no mirror of Debian\" \"$2\"\n"
	"mkdir -p \"$kept\"\n"
	"work=$(mktemp -d \"$kept/.fetch.XXXXXX\")\n"
	"trap 'rm -rf \"$work\"' EXIT\n"
	"trap 'exit 130' INT\n"
	"trap 'exit 143' TERM HUP\n"
	"mkdir -p \"$work/lists/partial\" \"$work/cache/archives/partial\"\n"
	"keys=/usr/share/keyrings/debian-archive-keyring.gpg\n"
	"signed=; [ ! -e $keys ] || signed=\"[signed-by=$keys] \"\n"
	"echo \"deb $signed$mirror $2 main\" >\"$work/sources.list\"\n"
	"cd \"$work\"\n"
	"ask() {\n"
	"  tool=$1; shift\n"
	"  \"$tool\" -o Dir::Etc::SourceList=\"$work/sources.list\" -o "
	"Dir::Etc::SourceParts=/dev/null"
	" -o Dir::State::Lists=\"$work/lists\" -o Dir::Cache=\"$work/cache\""
	" -o APT::Sandbox::User= -o Acquire::Languages=none -o APT::Update::Error-Mode=any"
	" -o Acquire::Retries=2 -q \"$@\" 2>\"$work/said\" ||"
	" die \"$(grep . \"$work/said\" | tail -n 1)\" \"$suite\"\n"
	"}\n"
	"suite=$2\n"
	"ask apt-get update >/dev/null\n"
	"version=$(ask apt-cache depends linux-image-cloud-amd64 |\n"
	"  sed -nE 's/.*linux-image-([0-9].*-cloud-amd64)$/\\1/p' | head -n 1)\n"
	"[ -n \"$version\" ] || die \"linux-image-cloud-amd64 names no image\" \"$2\"\n"
	"package=linux-image-$version\n"
	/* Newer packages keep the image in one of their own. */
	"! ask apt-cache pkgnames \"linux-binary-$version\" | grep -qx \"linux-binary-$version\" ||"
	" package=linux-binary-$version\n"
	"ask apt-get download \"$package\" >/dev/null\n"
	"dpkg-deb -x \"$package\"_*.deb files\n"
	"found=$(find files -name 'vmlinuz*' -type f | head -n 1)\n"
	"[ -n \"$found\" ] || die \"$package has no vmlinuz\" \"$2\"\n"
	"image=$kept/vmlinuz-$version\n"
	"touch \"$found\"\n"
	"(cd \"$(dirname \"$found\")\" && sha256sum \"$(basename \"$found\")\") |\n"
	"  sed \"s,  .*,  vmlinuz-$version,\" >sum\n"
	"mv \"$found\" \"$image\"\n"
	"mv sum \"$image.sha256\"\n"
	"tell \"$image\"\n";

/* $1 the folder of kernels: what is there, suite, version, whether it is whole, path. Ends with 5
 * where there is none, with 3 where it cannot be told. */
static const char list_script[] =
	"cd \"$1\" 2>/dev/null || exit 5\n"
	"found=5\n"
	"for image in */vmlinuz-*; do\n"
	"  case $image in *.sha256|'*/vmlinuz-*') continue ;; esac\n"
	"  found=0\n"
	"  name=${image##*/}; suite=${image%/*}\n"
	"  state=damaged\n"
	"  ! (cd \"$suite\" && sha256sum --status -c \"$name.sha256\") || state=whole\n"
	"  printf '%-20s %-32s %-8s %s\\n' \"$suite\" \"${name#vmlinuz-}\" $state \"$1/$image\" ||"
	" exit 3\n"
	"done\n"
	"exit $found\n";

/* Where kernels are kept: $KTSTR_VM_CACHE, the user's cache, or the system's. */
static void put_folder(struct text *out)
{
	const char *given = getenv("KTSTR_VM_CACHE"), *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	struct text path = {0};
	if (given && *given)
		text_puts(&path, given);
	else if (cache && *cache == '/')
		text_printf(&path, "%s/ktstr/kernels", cache);
	else if (home && *home == '/' && home[1])
		text_printf(&path, "%s/.cache/ktstr/kernels", home);
	else
		text_puts(&path, "/var/cache/ktstr/kernels");
	luggage_put_absolute(out, path.data);
	text_free(&path);
}

static int run_script(const char *script, const char *suite, bool update)
{
	struct text folder = {0};
	int status;
	put_folder(&folder);
	pid_t pid = fork();
	if (pid == 0) {
		execlp("sh", "sh", "-c", script, "ktstr", folder.data, suite, update ? "yes" : "no",
		       NULL);
		_exit(EXIT_INTERNAL);
	}
	text_free(&folder);
	if (pid < 0) {
		console_error("ktstr", "cannot start a shell: %m");
		return EXIT_INTERNAL;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The newest image of one suite's folder. */
static void look_through(const char *folder, struct text *path, time_t *newest)
{
	DIR *entries = opendir(folder);
	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		struct text file = {0};
		struct stat status;
		size_t length = strlen(entry->d_name);
		text_printf(&file, "%s/%s", folder, entry->d_name);
		if (strncmp(entry->d_name, "vmlinuz-", 8) == 0 &&
		    !(length > 7 && strcmp(entry->d_name + length - 7, ".sha256") == 0) &&
		    stat(file.data, &status) == 0 && (!path->length || status.st_mtime > *newest)) {
			*newest = status.st_mtime;
			text_clear(path);
			text_puts(path, file.data);
		}
		text_free(&file);
	}
	if (entries)
		closedir(entries);
}

bool vm_kernel_newest(struct text *path)
{
	struct text folder = {0};
	time_t newest = 0;
	put_folder(&folder);
	DIR *suites = opendir(folder.data);
	for (struct dirent *entry; suites && (entry = readdir(suites));) {
		struct text suite = {0};
		text_printf(&suite, "%s/%s", folder.data, entry->d_name);
		if (entry->d_name[0] != '.')
			look_through(suite.data, path, &newest);
		text_free(&suite);
	}
	if (suites)
		closedir(suites);
	text_free(&folder);
	return path->length > 0;
}

static bool is_suite(const char *word)
{
	return *word && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(word) &&
	       *word != '-';
}

static int fetch(int count, char **arguments)
{
	const char *suite = DEFAULT_SUITE;
	bool update = false;
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--update") == 0) {
			update = true;
		} else if (strncmp(arguments[i], "--suite=", 8) == 0) {
			suite = arguments[i] + 8;
		} else if (strcmp(arguments[i], "--suite") == 0 && i + 1 < count) {
			suite = arguments[++i];
		} else {
			console_error("ktstr",
				      "vm kernel fetch takes --suite S and --update, not '%s'",
				      arguments[i]);
			return EXIT_USAGE;
		}
	}
	if (!is_suite(suite)) {
		console_error("ktstr", "--suite wants a suite of Debian's such as sid, not '%s'",
			      suite);
		return EXIT_USAGE;
	}
	return run_script(fetch_script, suite, update);
}

int vm_kernel_main(int count, char **arguments)
{
	static const char *const names[] = {"fetch", "list", NULL};
	const char *word = count > 1 ? arguments[1] : "";
	if (strcmp(word, "fetch") == 0)
		return fetch(count - 1, arguments + 1);
	if (strcmp(word, "list") != 0) {
		console_unknown("ktstr", "command of ktstr vm kernel", word, names);
		return EXIT_USAGE;
	}
	int code = run_script(list_script, "", false);
	if (code == 5)
		console_error("ktstr", "no kernel was fetched yet: ktstr vm kernel fetch");
	return code;
}
