/* ktstr doctor: what this machine can do, and what would enable the rest. */
#include "base/json.h"
#include "host/ability.h"
#include "tool/ktstr.h"
#include "tool/vm.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstr doctor tells what scenarios can use on this machine, and what would enable the\n"
	"rest. It only looks: nothing is changed, made or started.\n"
	"\n"
	"  --format human|json\n"
	"\n"
	"exit: 0 runs get real cgroups here, 1 affinity masks stand in for them, 2 usage\n";

enum { LINE_MAX_COLUMNS = 80, NAME_COLUMN = 8, TEXT_COLUMN = 20 };

static bool read_options(int count, char **arguments, bool *json, int *code)
{
	static const struct option known[] = {{"help", no_argument, NULL, 'h'},
					      {"format", required_argument, NULL, 'f'},
					      {NULL, 0, NULL, 0}};
	static const char *const names[] = {"--help", "--format", NULL};
	int option;
	*json = false;
	*code = EXIT_USAGE;
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(count, arguments, "+h", known, NULL)) != -1) {
		if (option == 'h') {
			*code = console_puts("ktstr", usage);
			return false;
		} else if (option != 'f') {
			console_unknown("ktstr", "option", arguments[optind - 1], names);
			return false;
		} else if (strcmp(optarg, "human") != 0 && strcmp(optarg, "json") != 0) {
			console_error("ktstr", "--format wants human or json, not '%s'", optarg);
			return false;
		}
		*json = strcmp(optarg, "json") == 0;
	}
	if (optind < count)
		console_error("ktstr", "doctor takes no arguments, but for '%s'",
			      arguments[optind]);
	return optind == count;
}

static bool is_in_path(const char *name)
{
	const char *at = getenv("PATH");
	bool found = false;
	while (at && *at && !found) {
		size_t length = strcspn(at, ":");
		struct text file = {0};
		text_printf(&file, "%.*s/%s", (int)length, at, name);
		found = access(text_string(&file), X_OK) == 0;
		text_free(&file);
		at += length + (at[length] == ':');
	}
	return found;
}

static void look_at_machines(struct abilities *abilities)
{
	struct text kernel = {0};
	bool qemu = is_in_path(MACHINE_PROGRAM);
	ability_add(abilities, "QEMU", qemu ? ABILITY_YES : ABILITY_NO,
		    "apt install qemu-system-x86", "%s",
		    qemu ? MACHINE_PROGRAM : "`ktstr vm exec` cannot boot a machine");
	bool kvm = access("/dev/kvm", R_OK | W_OK) == 0;
	bool there = access("/dev/kvm", F_OK) == 0;
	ability_add(abilities, "KVM", kvm ? ABILITY_YES : ABILITY_NO,
		    there ? "membership in the group of /dev/kvm"
			  : "virtualization in the firmware, or nested virtualization",
		    "%s",
		    kvm     ? "/dev/kvm"
		    : there ? "/dev/kvm is not this user's; TCG emulates"
			    : "no /dev/kvm; TCG emulates");
	bool have = vm_kernel_newest(&kernel);
	ability_add(abilities, "VM kernel", have ? ABILITY_YES : ABILITY_NO,
		    "ktstr vm kernel fetch", "%s",
		    have ? text_string(&kernel) : "none was fetched");
	text_free(&kernel);
}

/* How much of a word goes on a line: all, or what fits, to the end of a character. */
static size_t part_of(const char *word, size_t length, size_t room)
{
	if (length <= room)
		return length;
	while (room > 1 && ((unsigned char)word[room] & 0xc0) == 0x80)
		room--;
	return room;
}

/* Words from `column` on, which later lines begin at, too. */
static void put_wrapped(struct text *out, const char *words, size_t column)
{
	size_t at = column;
	while (*words) {
		size_t length =
			part_of(words, strcspn(words, " "), (size_t)LINE_MAX_COLUMNS - column);
		if (at > column && at + 1 + length > LINE_MAX_COLUMNS) {
			text_putc(out, '\n');
			text_repeat(out, ' ', column);
			at = column;
		} else if (at > column) {
			text_putc(out, ' ');
			at++;
		}
		text_put_visible(out, words, length);
		at += length;
		words += length;
		words += strspn(words, " ");
	}
	text_putc(out, '\n');
}

static void put_human(struct text *out, const struct abilities *abilities)
{
	for (size_t i = 0; i < abilities->all.length; i++) {
		const struct ability *ability = &abilities->all.data[i];
		text_printf(out, "%-*s%-*s", NAME_COLUMN, ability_state_name(ability->state),
			    TEXT_COLUMN - NAME_COLUMN, ability->name);
		put_wrapped(out, ability->says, TEXT_COLUMN);
		if (!*ability->help)
			continue;
		text_repeat(out, ' ', TEXT_COLUMN);
		text_puts(out, "-> ");
		put_wrapped(out, ability->help, TEXT_COLUMN + 3);
	}
}

static void put_json(struct text *out, const struct abilities *abilities)
{
	struct json json;
	json_start(&json, out, true);
	json_open_object(&json);
	json_member_string(&json, "schema", "ktstr.doctor/1");
	json_member_bool(&json, "cgroups", abilities->cgroups);
	json_put_key(&json, "abilities");
	json_open_array(&json);
	for (size_t i = 0; i < abilities->all.length; i++) {
		const struct ability *ability = &abilities->all.data[i];
		json_open_object(&json);
		json_member_string(&json, "name", ability->name);
		json_member_string(&json, "state", ability_state_name(ability->state));
		json_member_string(&json, "says", ability->says);
		if (*ability->help)
			json_member_string(&json, "help", ability->help);
		json_close_object(&json);
	}
	json_close_array(&json);
	json_close_object(&json);
	text_putc(out, '\n');
}

int doctor_main(int count, char **arguments)
{
	struct abilities abilities;
	struct text out = {0};
	bool json;
	int code;
	if (!read_options(count, arguments, &json, &code))
		return code;
	abilities_read(&abilities);
	look_at_machines(&abilities);
	if (json)
		put_json(&out, &abilities);
	else
		put_human(&out, &abilities);
	code = console_print("ktstr", &out);
	if (code == EXIT_CLEAN && !abilities.cgroups)
		code = EXIT_FOUND;
	text_free(&out);
	abilities_free(&abilities);
	return code;
}
