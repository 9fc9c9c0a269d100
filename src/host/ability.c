#include "host/ability.h"

#include "host/cgroup_root.h"
#include "host/host.h"
#include "host/record.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *ability_state_name(enum ability_state state)
{
	return state == ABILITY_YES ? "yes" : state == ABILITY_PARTLY ? "partly" : "no";
}

static char *copy(const char *string)
{
	size_t size = strlen(string) + 1;
	return memcpy(memory_resize(NULL, size), string, size);
}

void ability_add(struct abilities *abilities, const char *name, enum ability_state state,
		 const char *help, const char *format, ...)
{
	char says[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(says, sizeof(says), format, arguments);
	va_end(arguments);
	VECTOR_PUSH(&abilities->all,
		    (struct ability){name, state, copy(says),
				     copy(state == ABILITY_YES || !help ? "" : help)});
}

/* The first line of a file, "" if there is none. */
static const char *read_line(const char *folder, const char *file, struct text *line)
{
	if (!cgroupfs_read(AT_FDCWD, folder, file, line))
		text_clear(line);
	return text_string(line);
}

static bool has_capability(int capability)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

static void look_at_machine(struct abilities *abilities)
{
	struct utsname name;
	struct topology topology;
	struct error error;
	if (uname(&name) == 0)
		ability_add(abilities, "kernel", ABILITY_YES, NULL, "%.40s %.100s %.40s",
			    name.sysname, name.release, name.machine);
	if (!topology_read_machine(&topology, &error)) {
		ability_add(abilities, "topology", ABILITY_NO, "mount /proc and /sys", "%s",
			    error.message);
		return;
	}
	ability_add(abilities, "topology", ABILITY_YES, NULL,
		    "%s: %d CPUs, %d cores, %d LLC%s, %d NUMA node%s", topology.name,
		    topology.cpu_count, topology.core_count, topology.llc_count,
		    topology.llc_count == 1 ? "" : "s", topology.node_count,
		    topology.node_count == 1 ? "" : "s");
	topology_free(&topology);
}

static bool has_unified(const struct cgroupfs *cgroups)
{
	bool found = false;
	for (int i = 0; i < cgroups->count; i++)
		found |= cgroups->list[i].version == 2;
	FILE *file = fopen("/proc/self/mounts", "re");
	char *line = NULL;
	size_t room = 0;
	while (file && !found && getline(&line, &room, file) > 0)
		found = strstr(line, " cgroup2 ") != NULL;
	free(line);
	if (file)
		fclose(file);
	return found;
}

static void look_at_mounts(struct abilities *abilities, const struct cgroupfs *cgroups)
{
	bool one = false, two = has_unified(cgroups);
	for (int i = 0; i < cgroups->count; i++)
		one |= cgroups->list[i].version == 1;
	ability_add(abilities, "cgroups", cgroups->count ? ABILITY_YES : ABILITY_NO,
		    "mount -t cgroup2 cgroup2 /sys/fs/cgroup", "%s",
		    one && two ? "hybrid: controllers of v1, and a mount of v2"
		    : one      ? "v1"
		    : two      ? "v2"
			       : "no cgroup file system has any controller");
}

/* What follows "; " in a refusal is what would give the right. */
static void add_refused(struct abilities *abilities, const char *name, struct error *error)
{
	char *help = strstr(error->message, "; ");
	if (help)
		*help = '\0';
	ability_add(abilities, name, ABILITY_NO, help ? help + 2 : NULL, "%s", error->message);
}

static void look_at_controller(struct abilities *abilities, const struct cgroupfs *cgroups,
			       enum controller controller)
{
	const struct hierarchy *hierarchy = cgroupfs_find(cgroups, controller);
	struct error error = {0};
	const char *name = controller_name(controller);
	/* Every group of v2 can be frozen; without one there are signals. */
	if (!hierarchy && controller == CONTROLLER_FREEZER) {
		ability_add(abilities, name, has_unified(cgroups) ? ABILITY_YES : ABILITY_PARTLY,
			    "mount the freezer controller of cgroup v1, or use v2", "%s",
			    has_unified(cgroups) ? "v2, every cgroup" : "by signals");
		return;
	}
	if (!hierarchy) {
		char help[128];
		snprintf(help, sizeof(help),
			 "a kernel with it, without cgroup_disable=%s; with v2, its name in "
			 "cgroup.subtree_control",
			 name);
		ability_add(abilities, name, ABILITY_NO, help, "in no hierarchy");
		return;
	}
	if (!cgroup_root_possible(hierarchy, 1u << controller, &error))
		add_refused(abilities, name, &error);
	else
		ability_add(abilities, name, ABILITY_YES, NULL, "v%d at %.200s", hierarchy->version,
			    hierarchy->mount);
}

static void look_at_cgroups(struct abilities *abilities)
{
	struct cgroupfs cgroups;
	struct text why = {0};
	struct error error;
	cgroupfs_discover(&cgroups, &error);
	look_at_mounts(abilities, &cgroups);
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++)
		look_at_controller(abilities, &cgroups, controller);
	cgroupfs_free(&cgroups);
	abilities->cgroups = host_cgroup_usable(&why);
	char *rest = why.data;
	const char *reason = rest ? strsep(&rest, "\n") : "";
	ability_add(abilities, "backend", abilities->cgroups ? ABILITY_YES : ABILITY_PARTLY,
		    rest ? strsep(&rest, "\n") : "",
		    abilities->cgroups ? "cgroup" : "affinity masks in place of cpusets: %s",
		    reason);
	text_free(&why);
}

static void look_at_delegation(struct abilities *abilities)
{
	if (geteuid() == 0)
		ability_add(abilities, "delegation", ABILITY_YES, NULL, "root needs none");
	else if (abilities->cgroups)
		ability_add(abilities, "delegation", ABILITY_YES, NULL,
			    "this cgroup is this user's");
	else
		ability_add(abilities, "delegation", ABILITY_NO,
			    "systemd-run --user --scope -p Delegate=yes ktstr exec ...",
			    "no cgroup is this user's");
}

/* fifo and rr, by rights; the bandwidth of the machine, and with RT_GROUP_SCHED that of our group,
 * must be there, too. */
static void look_at_realtime(struct abilities *abilities)
{
	struct rlimit limit = {0};
	struct text line = {0};
	bool right = has_capability(CAP_SYS_NICE);
	getrlimit(RLIMIT_RTPRIO, &limit);
	const char *runtime = read_line("/proc/sys/kernel", "sched_rt_runtime_us", &line);
	if (*runtime && strtoll(runtime, NULL, 10) == 0)
		ability_add(abilities, "fifo, rr", ABILITY_NO,
			    "sysctl kernel.sched_rt_runtime_us=950000",
			    "real-time tasks get no time here");
	else if (right)
		ability_add(abilities, "fifo, rr", ABILITY_YES, NULL, "CAP_SYS_NICE");
	else if (limit.rlim_cur > 0)
		ability_add(abilities, "fifo, rr",
			    limit.rlim_cur < 99 ? ABILITY_PARTLY : ABILITY_YES, "CAP_SYS_NICE",
			    "priorities up to %llu: RLIMIT_RTPRIO",
			    (unsigned long long)limit.rlim_cur);
	else
		ability_add(abilities, "fifo, rr", ABILITY_NO,
			    "CAP_SYS_NICE, or an rtprio line in /etc/security/limits.conf",
			    "no CAP_SYS_NICE, and RLIMIT_RTPRIO is 0");
	ability_add(abilities, "deadline", right ? ABILITY_YES : ABILITY_NO, "CAP_SYS_NICE", "%s",
		    right ? "CAP_SYS_NICE" : "no CAP_SYS_NICE");
	text_free(&line);
	getrlimit(RLIMIT_NICE, &limit);
	if (right)
		ability_add(abilities, "nice", ABILITY_YES, NULL, "-20 to 19");
	else
		ability_add(abilities, "nice", ABILITY_PARTLY, "CAP_SYS_NICE, or RLIMIT_NICE",
			    "%d to 19", limit.rlim_cur ? 20 - (int)limit.rlim_cur : 0);
}

static void look_at_schedulers(struct abilities *abilities)
{
	struct sched_ext_state state;
	sched_ext_read(&state);
	if (!state.available)
		ability_add(abilities, "sched_ext", ABILITY_NO,
			    "Linux 6.12 or later with CONFIG_SCHED_CLASS_EXT; `ktstr vm exec` "
			    "boots one",
			    "this kernel has none");
	else
		ability_add(abilities, "sched_ext", ABILITY_YES, NULL, "%s%.60s",
			    state.enabled ? "in charge: " : "no scheduler is loaded",
			    state.enabled ? state.ops : "");
	bool btf = access("/sys/kernel/btf/vmlinux", R_OK) == 0;
	ability_add(abilities, "BTF", btf ? ABILITY_YES : ABILITY_NO,
		    "a kernel with CONFIG_DEBUG_INFO_BTF", "%s",
		    btf ? "/sys/kernel/btf/vmlinux" : "no /sys/kernel/btf/vmlinux");
	bool bpf = has_capability(CAP_SYS_ADMIN) ||
		   (has_capability(CAP_BPF) && has_capability(CAP_PERFMON));
	ability_add(abilities, "BPF", bpf ? ABILITY_YES : ABILITY_NO,
		    "CAP_BPF and CAP_PERFMON, or root", "%s",
		    bpf ? "schedulers can be loaded, maps read" : "no right to load programs");
}

static void look_at_figures(struct abilities *abilities)
{
	struct text line = {0};
	bool pressure = *read_line("/proc/pressure", "cpu", &line);
	ability_add(abilities, "pressure", pressure ? ABILITY_YES : ABILITY_NO,
		    "CONFIG_PSI, and psi=1 on the kernel's command line", "%s",
		    pressure ? "/proc/pressure/cpu" : "no /proc/pressure/cpu");
	const char *delays = read_line("/proc/self", "schedstat", &line);
	bool counts = *delays && strcmp(delays, "0 0 0") != 0;
	ability_add(abilities, "run delays", counts ? ABILITY_YES : ABILITY_NO,
		    "a kernel with CONFIG_SCHED_INFO", "%s",
		    counts ? "/proc/PID/schedstat" : "the kernel does not count them");
	text_free(&line);
}

/* Where a run's record goes: made by the first run, so its folder need not be there. */
static void look_at_records(struct abilities *abilities)
{
	bool fine = false;
	int reason = ENOENT;
	for (int place = 0; place < RECORD_PLACES && !fine; place++) {
		struct text path = {0};
		int fd = record_folder(place, &path);
		/* Its parent is there, and it could be made. */
		char *slash = path.length ? strrchr(path.data, '/') : NULL;
		if (slash)
			*slash = '\0';
		fine = fd >= 0 || (errno == ENOENT && slash && access(path.data, W_OK) == 0);
		reason = errno;
		if (fd >= 0)
			close(fd);
		text_free(&path);
	}
	ability_add(abilities, "clean-up", fine ? ABILITY_YES : ABILITY_NO,
		    geteuid() == 0 ? "a /run/ktstr that only root can enter"
				   : "XDG_RUNTIME_DIR with a folder that is this user's alone",
		    "%s", fine ? "what killed runs leave is swept" : strerror(reason));
}

void abilities_read(struct abilities *abilities)
{
	*abilities = (struct abilities){0};
	look_at_machine(abilities);
	look_at_cgroups(abilities);
	look_at_delegation(abilities);
	look_at_records(abilities);
	look_at_realtime(abilities);
	look_at_schedulers(abilities);
	look_at_figures(abilities);
}

void abilities_free(struct abilities *abilities)
{
	for (size_t i = 0; i < abilities->all.length; i++) {
		free(abilities->all.data[i].says);
		free(abilities->all.data[i].help);
	}
	VECTOR_FREE(&abilities->all);
}
