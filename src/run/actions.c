/* The ops that touch the host. Each records its event, asks the host, keeps the ledger. */
#include "run/vm.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Figures of every worker are kept until the scenario is judged. */
enum { SPAWNED_MAX = 1048576 };

static void created(struct vm *vm, int path, int group)
{
	paths_set_group(&vm->paths, path, group);
	vm->groups_are_new = true;
}

void action_create(struct vm *vm, int path, bool block)
{
	struct error error;
	int group;
	if (vm_span(vm).start < vm->adopted_end)
		return;
	if (vm->paths.all.data[path].group >= 0)
		vm_end(vm, STATUS_BROKEN, "create", "cgroup '%s' exists already",
		       paths_text(&vm->paths, path));
	int parent = vm_group(vm, vm->paths.all.data[path].parent);
	ledger_add(vm, ENTRY_GROUP, path);
	if (!vm->host->verbs->group_create(vm->host, parent, paths_name(&vm->paths, path), &group,
					   &error))
		vm_refused(vm, &error);
	created(vm, path, group);
	if (!block)
		vm_event(vm, "create", path);
}

void action_ready(struct vm *vm, int path)
{
	vm_event(vm, "cgroup", path);
}

void action_remove(struct vm *vm, int path)
{
	vm_group(vm, path);
	ledger_remove_group(vm, path);
}

/* The program's own value of a knob; NULL if it never set one. */
static struct knob_setting *find_setting(struct vm *vm, int path, enum knob knob)
{
	for (size_t i = vm->knobs.length; i-- > 0;) {
		if (vm->knobs.data[i].path == path && vm->knobs.data[i].knob == knob)
			return &vm->knobs.data[i];
	}
	return NULL;
}

/* See vm->remembered. */
static void remember(struct vm *vm, int path, enum knob knob, const struct knob_value *value)
{
	if (!(vm->remembered >> knob & 1))
		return;
	struct knob_setting *setting = find_setting(vm, path, knob);
	if (!setting) {
		VECTOR_PUSH(&vm->knobs, (struct knob_setting){.path = path, .knob = knob});
		setting = &vm->knobs.data[vm->knobs.length - 1];
	}
	setting->group = vm->paths.all.data[path].group;
	setting->set = value != NULL;
	if (value)
		setting->value = *value;
}

static void put_value(struct text *text, enum knob knob, const struct knob_value *value)
{
	if (!value)
		return;
	switch (knob_table[knob].kind) {
	case KNOB_KIND_CPUSET:
	case KNOB_KIND_NODES:
		cpuset_print(text, &value->set);
		break;
	case KNOB_KIND_INT:
		text_printf(text, "%" PRId64, value->integer);
		break;
	case KNOB_KIND_PERCENT:
		text_printf(text, "%g%%", value->fraction * 100);
		break;
	case KNOB_KIND_BOOL:
		text_puts(text, value->integer ? "true" : "false");
		break;
	case KNOB_KIND_SIZE:
		text_put_size(text, value->integer);
		break;
	}
}

static void check_value(struct vm *vm, enum knob knob, const struct knob_value *value)
{
	const struct knob_info *info = &knob_table[knob];
	double number =
		info->kind == KNOB_KIND_PERCENT ? value->fraction * 100 : (double)value->integer;
	if (info->kind == KNOB_KIND_CPUSET || info->kind == KNOB_KIND_NODES) {
		if (cpuset_empty(&value->set))
			vm_end(vm, STATUS_SKIP, "topology",
			       "the set of CPUs for `%s` comes out empty on this machine",
			       info->name);
	} else if (info->most && (number < (double)info->least || number > (double)info->most)) {
		vm_end(vm, STATUS_BROKEN, "set",
		       "`%s` goes from %" PRId64 " to %" PRId64 ", not to %g", info->name,
		       info->least, info->most, number);
	}
}

static void set_knob(struct vm *vm, int path, enum knob knob, const struct knob_value *value)
{
	struct error error;
	if (!vm->host->verbs->knob_set(vm->host, vm_group(vm, path), knob, value, &error))
		vm_refused(vm, &error);
	remember(vm, path, knob, value);
}

void action_knob(struct vm *vm, int path, enum knob knob, const struct knob_value *value,
		 bool quiet)
{
	struct knob_value nodes;
	if (value)
		check_value(vm, knob, value);
	if (value && knob_table[knob].kind == KNOB_KIND_NODES) {
		topology_nodes_of(&vm->host->topology, &value->set, &nodes.set);
		value = &nodes;
	}
	set_knob(vm, path, knob, value);
	if (quiet || !vm->options->trace)
		return;
	struct event *event = vm_event(vm, value ? "set" : "clear", path);
	struct text text = {0};
	put_value(&text, knob, value);
	event->knob = knob_table[knob].name;
	event->value = result_text(vm->result, text_string(&text));
	text_free(&text);
}

const struct knob_value *action_knob_value(struct vm *vm, int path, enum knob knob)
{
	const struct knob_setting *setting = find_setting(vm, path, knob);
	bool there = setting && setting->set && setting->group == vm->paths.all.data[path].group;
	return there ? &setting->value : NULL;
}

void action_swap(struct vm *vm, int path, int other, enum knob knob)
{
	vm_group(vm, path);
	vm_group(vm, other);
	struct knob_value none = {0};
	const struct knob_value *left = action_knob_value(vm, path, knob);
	const struct knob_value *right = action_knob_value(vm, other, knob);
	bool left_set = left, right_set = right;
	/* Copies, as what is remembered changes. */
	struct knob_value a = left ? *left : none, b = right ? *right : none;
	set_knob(vm, path, knob, right_set ? &b : NULL);
	set_knob(vm, other, knob, left_set ? &a : NULL);
	struct event *event = vm_event(vm, "swap", path);
	event->to = vm_keep_path(vm, other);
	event->knob = knob_table[knob].name;
}

static void put_policy(struct text *text, const struct policy *policy)
{
	switch (policy->kind) {
	case POLICY_NORMAL:
		text_puts(text, "normal");
		break;
	case POLICY_BATCH:
		text_puts(text, "batch");
		break;
	case POLICY_IDLE:
		text_puts(text, "idle");
		break;
	case POLICY_FIFO:
		text_printf(text, "fifo(%d)", policy->priority);
		break;
	case POLICY_RR:
		text_printf(text, "rr(%d)", policy->priority);
		break;
	case POLICY_DEADLINE:
		text_puts(text, "deadline(");
		text_put_duration(text, policy->runtime_ns);
		text_puts(text, ", ");
		text_put_duration(text, policy->period_ns);
		text_putc(text, ')');
		break;
	}
}

static int new_batch(struct vm *vm, const struct host_spawn *spawn, const struct affinity *affinity,
		     const char *name)
{
	vm->spawned += spawn->count;
	if (vm->spawned > SPAWNED_MAX)
		vm_end(vm, STATUS_BROKEN, "limit", "more than %d workers in one scenario",
		       SPAWNED_MAX);
	VECTOR_PUSH(&vm->batches, (struct batch){.first = -1,
						 .work = spawn->work,
						 .policy = spawn->policy,
						 .affinity = *affinity,
						 .mempolicy = *spawn->mempolicy,
						 .nice = spawn->nice,
						 .name = result_text(vm->result, name),
						 .scope = (int)vm->scopes.length - 1,
						 .span = vm_span(vm),
						 .call = vm->result->call});
	return (int)vm->batches.length - 1;
}

static void spawn_event(struct vm *vm, int path, const struct batch *batch, const char *replaces)
{
	struct event *event = vm_event(vm, "spawn", path);
	if (!vm->options->trace)
		return;
	struct text text = {0};
	work_put(&text, &batch->work);
	event->work = result_text(vm->result, text_string(&text));
	event->replaces = replaces;
	event->count = batch->count;
	if (batch->policy.kind != POLICY_NORMAL) {
		text_clear(&text);
		put_policy(&text, &batch->policy);
		event->policy = result_text(vm->result, text_string(&text));
	}
	if (batch->affinity.kind != AFFINITY_INHERIT) {
		text_clear(&text);
		affinity_put(&text, &batch->affinity);
		event->affinity = result_text(vm->result, text_string(&text));
	}
	text_free(&text);
}

int action_spawn(struct vm *vm, const uint32_t *args)
{
	const union value *registers = vm->registers;
	int path = (int)registers[args[SPAWN_ARG_GROUP]].i;
	struct host_spawn spawn = {.group = vm_group(vm, path),
				   .work = *registers[args[SPAWN_ARG_WORK]].work,
				   .seed = vm_random(vm, UINT64_MAX)};
	struct mempolicy mempolicy;
	placement_check_work(vm, &spawn.work);
	const char *replaces = placement_swap(vm, args, path, &spawn.work);
	spawn.count = placement_count(vm, args, &spawn.work);
	placement_mempolicy(vm, args, path, &mempolicy);
	spawn.mempolicy = &mempolicy;
	if (args[SPAWN_ARG_POLICY] != NONE)
		spawn.policy = *registers[args[SPAWN_ARG_POLICY]].policy;
	if (args[SPAWN_ARG_NICE] != NONE) {
		int64_t nice = registers[args[SPAWN_ARG_NICE]].i;
		if (nice < -20 || nice > 19)
			vm_end(vm, STATUS_BROKEN, "spawn",
			       "a nice value is from -20 to 19, not %" PRId64, nice);
		spawn.has_nice = true;
		spawn.nice = (int)nice;
	}
	struct affinity none = {.kind = AFFINITY_INHERIT};
	const struct affinity *affinity = args[SPAWN_ARG_AFFINITY] == NONE
						  ? &none
						  : registers[args[SPAWN_ARG_AFFINITY]].affinity;
	VECTOR_RESERVE(&vm->sets, (size_t)spawn.count);
	if (affinity_resolve(vm, affinity, path, spawn.count, vm->sets.data))
		spawn.affinity = vm->sets.data;
	bool named = args[SPAWN_ARG_NAME] != NONE;
	const char *name =
		named ? text_string(registers[args[SPAWN_ARG_NAME]].text) : work_name(&spawn.work);
	int id = new_batch(vm, &spawn, affinity, name);
	struct error error;
	int first;
	ledger_add(vm, ENTRY_WORKERS, id);
	if (!vm->host->verbs->spawn(vm->host, &spawn, &first, &error))
		vm_refused(vm, &error);
	vm->batches.data[id].first = first;
	vm->batches.data[id].count = (int)spawn.count;
	ledger_add_living(vm, first, (int)spawn.count, id);
	vm->waiting += (int)spawn.count;
	spawn_event(vm, path, &vm->batches.data[id], replaces);
	return id;
}

/* Choose the living workers that are in a group. */
static void choose_in(struct vm *vm, int path)
{
	int group = vm_group(vm, path);
	vm->chosen.length = 0;
	for (size_t i = 0; i < vm->living.length; i++) {
		if (vm->host->verbs->worker_group(vm->host, vm->living.data[i]) == group)
			VECTOR_PUSH(&vm->chosen, vm->living.data[i]);
	}
}

void action_stop_group(struct vm *vm, int path)
{
	choose_in(vm, path);
	vm_event(vm, "stop", path)->count = (int64_t)vm->chosen.length;
	ledger_stop(vm, vm->chosen.data, vm->chosen.length);
}

/* The living workers of a batch, in a fresh array. */
static int *living_of(const struct vm *vm, const struct batch *batch, size_t *count)
{
	int *workers = memory_zeroed((size_t)batch->count, sizeof(*workers));
	*count = 0;
	for (int worker = batch->first; worker < batch->first + batch->count; worker++) {
		if (vm->living_at.data[worker] >= 0)
			workers[(*count)++] = worker;
	}
	return workers;
}

void action_stop_batch(struct vm *vm, int batch)
{
	const struct batch *stopped = &vm->batches.data[batch];
	vm->chosen.length = 0;
	for (int worker = stopped->first; worker < stopped->first + stopped->count; worker++) {
		if (vm->living_at.data[worker] >= 0)
			VECTOR_PUSH(&vm->chosen, worker);
	}
	vm_event(vm, "stop", -1)->count = (int64_t)vm->chosen.length;
	ledger_stop(vm, vm->chosen.data, vm->chosen.length);
}

void action_affinity(struct vm *vm, int path, const struct affinity *affinity)
{
	struct error error;
	choose_in(vm, path);
	const int *workers = vm->chosen.data;
	size_t count = vm->chosen.length;
	VECTOR_RESERVE(&vm->sets, count);
	bool own = affinity_resolve(vm, affinity, path, (int64_t)count, vm->sets.data);
	if (!vm->host->verbs->affinity_set(vm->host, workers, count, own ? vm->sets.data : NULL,
					   &error))
		vm_refused(vm, &error);
	for (size_t i = 0; i < count; i++)
		vm->batches.data[vm->batch_of.data[workers[i]]].affinity = *affinity;
	struct event *event = vm_event(vm, "set", path);
	event->knob = "affinity";
	event->count = (int64_t)count;
	if (!vm->options->trace)
		return;
	struct text text = {0};
	affinity_put(&text, affinity);
	event->value = result_text(vm->result, text_string(&text));
	text_free(&text);
}

static void move_event(struct vm *vm, int from, int to, int64_t count)
{
	struct event *event = vm_event(vm, "move", from);
	event->to = vm_keep_path(vm, to);
	event->count = count;
}

void action_move(struct vm *vm, int from, int to, int64_t count)
{
	struct error error;
	int64_t moved = 0;
	if (count == 0 || count < -1)
		vm_end(vm, STATUS_BROKEN, "move", "at least one task is moved, not %" PRId64,
		       count);
	int source = vm_group(vm, from);
	if (!vm->host->verbs->move(vm->host, source, vm_group(vm, to), count, &moved, &error))
		vm_refused(vm, &error);
	move_event(vm, from, to, moved);
}

void action_move_share(struct vm *vm, int from, int to, double share)
{
	struct error error;
	int64_t tasks = 0;
	if (!(share > 0 && share <= 1))
		vm_end(vm, STATUS_BROKEN, "move",
		       "a share of the tasks is more than 0%% and at most 100%%, not %g%%",
		       share * 100);
	if (!vm->host->verbs->group_tasks(vm->host, vm_group(vm, from), &tasks, &error))
		vm_refused(vm, &error);
	int64_t count = llround((double)tasks * share);
	if (count > 0)
		action_move(vm, from, to, count);
	else
		move_event(vm, from, to, 0);
}

void action_move_batch(struct vm *vm, int batch, int to)
{
	struct error error;
	size_t count;
	int group = vm_group(vm, to);
	int *workers = living_of(vm, &vm->batches.data[batch], &count);
	bool moved = vm->host->verbs->move_workers(vm->host, workers, count, group, &error);
	free(workers);
	if (!moved)
		vm_refused(vm, &error);
	move_event(vm, -1, to, (int64_t)count);
}

void action_freeze(struct vm *vm, int path, bool frozen)
{
	struct error error;
	if (!vm->host->verbs->group_freeze(vm->host, vm_group(vm, path), frozen, &error))
		vm_refused(vm, &error);
	vm_event(vm, frozen ? "freeze" : "thaw", path);
}
