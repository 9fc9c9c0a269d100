#include "host/host_plan.h"

#include "host/board.h"
#include "host/group_tree.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct plan_worker {
	int last_group; /* where it was when it was stopped */
	bool stopped;
	bool released;
	int64_t released_ns;
	int64_t stopped_ns;
	struct worker_report *report; /* made when it is asked for */
};

/* A program on paper: it is a task of its group, like a worker, until it is stopped. */
struct plan_process {
	char *program; /* the first of its arguments */
	bool scheduler;
	int worker;
	struct process_report report;
};

struct plan_host {
	struct host host;
	VECTOR(struct plan_process) processes;
	uint64_t schedulers_started;
	int schedulers_living;
	struct text nothing; /* what they print */
	struct group_tree tree;
	VECTOR(struct plan_worker) workers;
	size_t living;        /* of the workers */
	size_t first_blocked; /* all workers before it were released or stopped */
	int64_t now_ns;
	bool cpu_left;       /* groups are without the cpu controller */
	long verbs_to_fault; /* 0: none is due */
};

static struct plan_host *plan_of(struct host *host)
{
	return (struct plan_host *)host;
}

void host_plan_fail_at(struct host *host, long n)
{
	plan_of(host)->verbs_to_fault = n > 0 ? n : 0;
}

size_t host_plan_left(const struct host *host)
{
	const struct plan_host *plan = (const struct plan_host *)host;
	size_t left = plan->tree.living - (HOST_GROUP_ROOT + 1);
	for (size_t i = 0; i < plan->tree.worker_groups.length; i++)
		left += plan->tree.worker_groups.data[i] >= 0;
	return left;
}

static bool fault(struct plan_host *plan, const char *verb, struct error *error)
{
	if (plan->verbs_to_fault == 0 || --plan->verbs_to_fault > 0)
		return false;
	error_set(error, ERROR_REFUSED, "injected fault in %s", verb);
	return true;
}

static bool plan_group_create(struct host *host, int parent, const char *name, int *group,
			      struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *made;
	if (fault(plan, "group_create", error) ||
	    !group_tree_add(&plan->tree, parent, name, &made, error))
		return false;
	*group = made->number;
	return true;
}

static bool plan_group_remove(struct host *host, int group, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	if (fault(plan, "group_remove", error) || !group_tree_may_drop(&plan->tree, group, error))
		return false;
	group_tree_drop(&plan->tree, group);
	return true;
}

static bool plan_cpu_control(struct host *host, bool on, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	if (fault(plan, "cpu_control", error))
		return false;
	plan->cpu_left = !on;
	return true;
}

static bool plan_knob_set(struct host *host, int group, enum knob knob,
			  const struct knob_value *value, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *target;
	if (fault(plan, "knob_set", error) ||
	    !(target = group_tree_need_own(&plan->tree, group, "set", error)))
		return false;
	if (strcmp(knob_table[knob].controller, "cpu") == 0 && plan->cpu_left)
		return error_set(error, ERROR_UNAVAILABLE,
				 "%s is not available: this runs without the cpu controller",
				 knob_table[knob].name);
	if (knob != KNOB_cpus || target->parent < 0)
		return true;
	struct group_changes changes = {0};
	const struct cpuset *own = value ? &value->set : NULL;
	group_tree_plan_cpus(&plan->tree, target, own, &changes);
	group_tree_apply_cpus(target, own, &changes);
	group_changes_free(&changes);
	return true;
}

static bool plan_group_cpus(struct host *host, int group, struct cpuset *cpus, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	const struct group *asked;
	if (fault(plan, "group_cpus", error) ||
	    !(asked = group_tree_need(&plan->tree, group, "cpus", error)))
		return false;
	*cpus = asked->effective;
	return true;
}

static bool plan_group_tasks(struct host *host, int group, int64_t *count, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	const struct group *asked;
	if (fault(plan, "group_tasks", error) ||
	    !(asked = group_tree_need(&plan->tree, group, "tasks", error)))
		return false;
	*count = (int64_t)asked->workers.length;
	return true;
}

static bool plan_group_freeze(struct host *host, int group, bool frozen, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *target;
	const char *verb = frozen ? "freeze" : "thaw";
	if (fault(plan, "group_freeze", error) ||
	    !(target = group_tree_need_own(&plan->tree, group, verb, error)))
		return false;
	target->frozen = frozen;
	return true;
}

/* NULL: no affinity. */
static bool check_affinity(const struct cpuset *sets, int64_t count, const struct group *group,
			   struct error *error)
{
	for (int64_t i = 0; sets && i < count; i++) {
		if (cpuset_intersects(&sets[i], &group->effective))
			continue;
		struct text wanted = {0}, have = {0};
		cpuset_print(&wanted, &sets[i]);
		cpuset_print(&have, &group->effective);
		error_set_errno(error, EINVAL,
				"affinity %.100s was refused: cgroup '%s' has only CPUs %.100s",
				text_string(&wanted), group->path, text_string(&have));
		text_free(&wanted);
		text_free(&have);
		return false;
	}
	return true;
}

static bool plan_spawn(struct host *host, const struct host_spawn *spawn, int *first,
		       struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *group;
	if (fault(plan, "spawn", error) ||
	    !(group = group_tree_need(&plan->tree, spawn->group, "spawn", error)) ||
	    !check_affinity(spawn->affinity, spawn->count, group, error))
		return false;
	if (plan->living + (size_t)spawn->count > BOARD_WORKERS)
		return error_set(error, ERROR_REFUSED,
				 "there can be no more than %d workers at a time", BOARD_WORKERS);
	plan->living += (size_t)spawn->count;
	*first = (int)plan->workers.length;
	for (int64_t i = 0; i < spawn->count; i++) {
		group_tree_enter(&plan->tree, group, (int)plan->workers.length);
		VECTOR_PUSH(&plan->workers, (struct plan_worker){0});
	}
	return true;
}

static bool plan_release(struct host *host, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	if (fault(plan, "release", error))
		return false;
	for (; plan->first_blocked < plan->workers.length; plan->first_blocked++) {
		struct plan_worker *worker = &plan->workers.data[plan->first_blocked];
		if (worker->stopped)
			continue;
		worker->released = true;
		worker->released_ns = plan->now_ns;
	}
	return true;
}

static struct plan_worker *worker_of(struct plan_host *plan, int worker)
{
	assert(worker >= 0 && (size_t)worker < plan->workers.length);
	return &plan->workers.data[worker];
}

static bool plan_stop(struct host *host, const int *workers, size_t count, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	if (fault(plan, "stop", error))
		return false;
	/* The newest first: they stand last in their group's list, and leave it without a gap. */
	for (size_t i = count; i-- > 0;) {
		struct plan_worker *worker = worker_of(plan, workers[i]);
		if (worker->stopped)
			continue;
		plan->living--;
		worker->stopped = true;
		worker->stopped_ns = plan->now_ns;
		worker->last_group = group_tree_of(&plan->tree, workers[i]);
		group_tree_leave(&plan->tree, workers[i]);
	}
	return true;
}

static const struct worker_report *plan_report(struct host *host, int worker)
{
	struct plan_host *plan = plan_of(host);
	struct plan_worker *done = worker_of(plan, worker);
	assert(done->stopped);
	if (done->report)
		return done->report;
	done->report = memory_zeroed(1, sizeof(*done->report));
	*done->report = (struct worker_report){
		.worker = worker,
		.group = done->last_group,
		.end = WORKER_STOPPED,
		.released = done->released,
		.wall_ns = done->released ? done->stopped_ns - done->released_ns : 0,
	};
	return done->report;
}

static bool plan_move(struct host *host, int from, int to, int64_t count, int64_t *moved,
		      struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *source, *target;
	if (fault(plan, "move", error) ||
	    !(source = group_tree_need(&plan->tree, from, "move", error)) ||
	    !(target = group_tree_need(&plan->tree, to, "move", error)))
		return false;
	int64_t there = (int64_t)source->workers.length;
	*moved = count < 0 || count > there ? there : count;
	group_tree_move_first(&plan->tree, source, target, (size_t)*moved);
	return true;
}

static bool plan_move_workers(struct host *host, const int *workers, size_t count, int to,
			      struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *target;
	if (fault(plan, "move_workers", error) ||
	    !(target = group_tree_need(&plan->tree, to, "move", error)))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!worker_of(plan, workers[i])->stopped)
			group_tree_move(&plan->tree, workers[i], target);
	}
	return true;
}

static bool plan_affinity_set(struct host *host, const int *workers, size_t count,
			      const struct cpuset *sets, struct error *error)
{
	struct plan_host *plan = plan_of(host);
	if (fault(plan, "affinity_set", error))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct group *group =
			group_tree_get(&plan->tree, group_tree_of(&plan->tree, workers[i]));
		if (group && !check_affinity(sets ? &sets[i] : NULL, 1, group, error))
			return false;
	}
	return true;
}

/* There are no other tasks on paper. */
static bool plan_move_task(struct host *host, pid_t task, int to, struct error *error)
{
	(void)to;
	return !fault(plan_of(host), "move_task", error) &&
	       error_set(error, ERROR_REFUSED, "there is no task %d", (int)task);
}

static void plan_progress(struct host *host, int worker, struct worker_progress *progress)
{
	(void)host;
	(void)worker;
	*progress = (struct worker_progress){0};
}

static int plan_worker_group(struct host *host, int worker)
{
	return group_tree_of(&plan_of(host)->tree, worker);
}

static bool plan_adopt(struct host *host, pid_t pid, struct error *error)
{
	(void)pid;
	return !fault(plan_of(host), "adopt", error);
}

static bool plan_process_start(struct host *host, const struct host_process *start, int *process,
			       struct error *error)
{
	struct plan_host *plan = plan_of(host);
	struct group *group;
	if (fault(plan, "process_start", error) ||
	    !(group = group_tree_need(&plan->tree, start->group, "run", error)))
		return false;
	struct plan_process made = {
		.worker = (int)plan->workers.length,
		.scheduler = start->scheduler,
		.report = {.code = -1, .output = &plan->nothing, .errors = &plan->nothing}};
	group_tree_enter(&plan->tree, group, made.worker);
	made.program = memory_resize(NULL, strlen(start->argv[0]) + 1);
	strcpy(made.program, start->argv[0]);
	VECTOR_PUSH(&plan->workers, (struct plan_worker){.released = true});
	plan->schedulers_started += start->scheduler;
	plan->schedulers_living += start->scheduler;
	*process = (int)plan->processes.length;
	VECTOR_PUSH(&plan->processes, made);
	return true;
}

static bool plan_process_stop(struct host *host, int process, int polite, int64_t patience_ns,
			      struct error *error)
{
	struct plan_host *plan = plan_of(host);
	(void)polite;
	(void)patience_ns;
	assert(process >= 0 && (size_t)process < plan->processes.length);
	struct plan_process *ended = &plan->processes.data[process];
	if (fault(plan, "process_stop", error))
		return false;
	if (!ended->report.ended) {
		group_tree_leave(&plan->tree, ended->worker);
		plan->schedulers_living -= ended->scheduler;
	}
	plan->workers.data[ended->worker].stopped = true;
	ended->report.ended = ended->report.stopped = true;
	ended->report.code = 0;
	return true;
}

static const struct process_report *plan_process_report(struct host *host, int process)
{
	return &plan_of(host)->processes.data[process].report;
}

static bool plan_process_in(struct host *host, int process, int group)
{
	struct plan_host *plan = plan_of(host);
	return group_tree_of(&plan->tree, plan->processes.data[process].worker) == group;
}

static bool plan_map_value(struct host *host, const char *path, int64_t key, int64_t *value,
			   struct error *error)
{
	(void)path;
	(void)key;
	*value = 0;
	return !fault(plan_of(host), "map_value", error);
}

/* A scheduler is attached from its start to its end. */
static void plan_scheduler_state(struct host *host, struct sched_ext_state *state)
{
	const struct plan_host *plan = plan_of(host);
	*state = (struct sched_ext_state){.available = true,
					  .enabled = plan->schedulers_living > 0,
					  .enable_seq = plan->schedulers_started};
}

static void plan_wait(struct host *host, int64_t until_ns, struct host_wake *wake)
{
	struct plan_host *plan = plan_of(host);
	if (until_ns > plan->now_ns)
		plan->now_ns = until_ns;
	*wake = (struct host_wake){.reason = HOST_WAKE_TIME, .worker = -1, .process = -1};
}

static int64_t plan_now(struct host *host)
{
	return plan_of(host)->now_ns;
}

static void plan_close(struct host *host)
{
	struct plan_host *plan = plan_of(host);
	group_tree_free(&plan->tree);
	for (size_t i = 0; i < plan->workers.length; i++)
		free(plan->workers.data[i].report);
	VECTOR_FREE(&plan->workers);
	for (size_t i = 0; i < plan->processes.length; i++)
		free(plan->processes.data[i].program);
	VECTOR_FREE(&plan->processes);
	topology_free(&host->topology);
	free(plan);
}

static void plan_load(struct host *host, struct cpu_load *loads, int count)
{
	(void)host;
	memset(loads, 0, (size_t)count * sizeof(*loads));
}

static void plan_cpu_states(struct host *host, struct cpu_state *states, int count)
{
	memset(states, 0, (size_t)count * sizeof(*states));
	cpuset_for_each (cpu, &host->topology.all) {
		if (cpu < count)
			states[cpu].online = true;
	}
}

/* What depends on the kernel, a planned machine has. */
static bool plan_can_tell(struct host *host, enum host_figure figure, struct error *error)
{
	if (figure == HOST_FIGURE_THROTTLING && plan_of(host)->cpu_left)
		return error_set(error, ERROR_UNAVAILABLE,
				 "the run's cgroups have no cpu controller");
	return figure != HOST_FIGURE_NODES || host_can_tell_nodes(&host->topology, error);
}

static bool plan_group_pressure(struct host *host, int group, int64_t *waited_ns,
				struct error *error)
{
	*waited_ns = 0;
	return group_tree_need(&plan_of(host)->tree, group, "pressure", error) != NULL;
}

static bool plan_group_throttled(struct host *host, int group, int64_t *periods,
				 struct error *error)
{
	*periods = 0;
	return group_tree_need(&plan_of(host)->tree, group, "quota", error) != NULL;
}

static bool plan_look(struct host *host, int worker, bool state, struct worker_look *look)
{
	(void)state;
	*look = (struct worker_look){.cpu = -1};
	return !worker_of(plan_of(host), worker)->stopped;
}

static bool plan_process_lives(struct host *host, pid_t pid, uint64_t *born)
{
	(void)host;
	(void)pid;
	*born = 0;
	return true;
}

static const struct host_verbs plan_verbs = {
	.group_create = plan_group_create,
	.group_remove = plan_group_remove,
	.cpu_control = plan_cpu_control,
	.knob_set = plan_knob_set,
	.group_cpus = plan_group_cpus,
	.group_tasks = plan_group_tasks,
	.group_freeze = plan_group_freeze,
	.spawn = plan_spawn,
	.release = plan_release,
	.stop = plan_stop,
	.report = plan_report,
	.move = plan_move,
	.move_workers = plan_move_workers,
	.affinity_set = plan_affinity_set,
	.move_task = plan_move_task,
	.progress = plan_progress,
	.worker_group = plan_worker_group,
	.process_start = plan_process_start,
	.adopt = plan_adopt,
	.process_stop = plan_process_stop,
	.process_report = plan_process_report,
	.map_value = plan_map_value,
	.scheduler_state = plan_scheduler_state,
	.process_in = plan_process_in,
	.wait = plan_wait,
	.now = plan_now,
	.load = plan_load,
	.cpu_states = plan_cpu_states,
	.can_tell = plan_can_tell,
	.group_pressure = plan_group_pressure,
	.group_throttled = plan_group_throttled,
	.look = plan_look,
	.process_lives = plan_process_lives,
	.close = plan_close,
};

struct host *host_plan_open(struct topology *topology)
{
	struct plan_host *plan = memory_zeroed(1, sizeof(*plan));
	plan->host.verbs = &plan_verbs;
	plan->host.topology = *topology;
	*topology = (struct topology){0};
	plan->host.info.backend = "plan";
	group_tree_init(&plan->tree, &plan->host.topology.all, &plan->host.topology.all);
	return &plan->host;
}

const char *host_plan_program(const struct host *host, size_t index)
{
	const struct plan_host *plan = (const struct plan_host *)host;
	return index < plan->processes.length ? plan->processes.data[index].program : NULL;
}
