#include "api/hooks.h"

#include "api/serve.h"
#include "host/helper.h"
#include "run/hooks.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

_Static_assert(sizeof(union hook_value) == sizeof(union ktstr_value), "the same values");

/* What a message from the helper is. */
enum message { MESSAGE_REQUEST, MESSAGE_RETURN };

struct hook_caller {
	struct run_hooks hooks;
	const struct registry *registry;
	bool in_process;
	int64_t timeout_ns;
	struct vm *vm; /* of the call at hand; in a helper, nothing that is true any more */
	/* What the function is called with. */
	struct ktstr_context context;
	struct ktstr_inside inside;
	struct ktstr_topology topology;
	struct ktstr_checks checks;
	struct text work_type; /* that --work-type gave, as the language writes it */
	/* The isolated form. */
	struct helper helper;
	struct text pending, message, out;
	struct wire_reader reader;
	struct wire_reply reply; /* to the helper */
	int fd;                  /* in the helper: its end of the socket */
};

static struct hook_caller *caller_of(struct run_hooks *hooks)
{
	return (struct hook_caller *)hooks;
}

static bool find(struct run_hooks *hooks, const struct hook *hook, struct error *error)
{
	return registry_find(caller_of(hooks)->registry, hook, error) != NULL;
}

static const struct foreign_work *body(struct run_hooks *hooks, const struct hook *hook)
{
	return &registry_find(caller_of(hooks)->registry, hook, NULL)->body;
}

static bool ask_here(struct ktstr_inside *inside, const struct wire_request *request,
		     struct wire_reply *reply)
{
	struct hook_caller *caller = inside->owner;
	serve(caller->vm, request, reply);
	return reply->fine;
}

static bool ask_run(struct ktstr_inside *inside, const struct wire_request *request,
		    struct wire_reply *reply)
{
	struct hook_caller *caller = inside->owner;
	text_clear(&caller->out);
	wire_put_number(&caller->out, MESSAGE_REQUEST);
	wire_put_request(&caller->out, request);
	bool fine = helper_send(caller->fd, &caller->out) &&
		    helper_receive(caller->fd, &caller->message);
	caller->reader.at = text_string(&caller->message);
	caller->reader.end = caller->reader.at + caller->message.length;
	if (!fine || !wire_get_reply(&caller->reader, reply)) {
		snprintf(reply->error, sizeof(reply->error), "the run does not answer");
		return false;
	}
	return reply->fine;
}

/* What does not change while a scenario runs. */
static void set_fixed(struct hook_caller *caller, const struct hook_facts *facts)
{
	const struct topology *topology = facts->topology;
	text_clear(&caller->work_type);
	if (facts->work_type)
		work_put(&caller->work_type, facts->work_type);
	caller->topology =
		(struct ktstr_topology){.total_cpus = topology->cpu_count,
					.num_cores = topology->core_count,
					.num_llcs = topology->llc_count,
					.num_numa_nodes = topology->node_count,
					.threads_per_core = topology->smt,
					.all = (const struct ktstr_cpuset *)&topology->all,
					.usable = (const struct ktstr_cpuset *)&topology->usable,
					.cores = (const struct ktstr_cpuset *)topology->cores,
					.llcs = (const struct ktstr_cpuset *)topology->llcs,
					.nodes = (const struct ktstr_cpuset *)topology->nodes,
					.node_numbers = topology->node_numbers};
}

static void set_context(struct hook_caller *caller, const struct hook_facts *facts,
			const struct registered *registered)
{
	struct ktstr_context *context = &caller->context;
	const struct ktstr_scenario *scenario = registered->entry->scenario;
	caller->inside.owner = caller;
	caller->inside.context = context;
	caller->inside.scenario = scenario;
	*context = (struct ktstr_context){
		.cgroups = (struct ktstr_cgroups *)context,
		.topo = &caller->topology,
		.duration_ns = facts->duration_ns,
		.settle_ns = facts->settle_ns,
		.workers_per_cgroup = facts->workers,
		.sched_pid = facts->sched_pid,
		.work_type_override =
			caller->work_type.length ? text_string(&caller->work_type) : NULL,
		.checks = &caller->checks,
		.wait_for_map_write = scenario && scenario->map_path,
		.inside = &caller->inside};
}

/* A scenario's function gives a verdict, as a hook of that type does. */
static void invoke(struct hook_caller *caller, const struct registered *registered,
		   const union ktstr_value *args, union ktstr_result *result)
{
	const struct ktstr_entry *entry = registered->entry;
	if (entry->kind == KTSTR_KIND_SCENARIO)
		result->verdict = entry->scenario->custom(&caller->context);
	else
		entry->call(&caller->context, args, result);
}

static void take_result(struct vm *vm, const struct ktstr_entry *entry,
			const union ktstr_result *from, struct hook_result *to)
{
	switch ((enum ktstr_type)entry->result) {
	case KTSTR_T_VOID:
	case KTSTR_T_CGROUP:
		break;
	case KTSTR_T_VERDICT:
		hook_return(vm, from->verdict.number);
		break;
	case KTSTR_T_FLOAT:
	case KTSTR_T_PERCENT:
		to->number = from->number;
		break;
	case KTSTR_T_STRING:
		text_puts(&to->text, from->text ? from->text : "");
		break;
	case KTSTR_T_CPUSET:
		memcpy(&to->set, &from->set, sizeof(to->set));
		break;
	case KTSTR_T_INT:
	case KTSTR_T_DURATION:
	case KTSTR_T_SIZE:
	case KTSTR_T_BOOL:
		to->integer = from->integer;
		break;
	}
}

static void call_here(struct hook_caller *caller, struct vm *vm,
		      const struct registered *registered, const union hook_value *args,
		      struct hook_result *result)
{
	union ktstr_result given;
	caller->inside.ask = ask_here;
	invoke(caller, registered, (const union ktstr_value *)args, &given);
	hook_leave_if_over(vm);
	take_result(vm, registered->entry, &given, result);
}

/* In the helper. */

static bool is_text(uint8_t type)
{
	return type == KTSTR_T_STRING || type == KTSTR_T_CGROUP;
}

static bool get_args(struct wire_reader *reader, const struct ktstr_entry *entry,
		     union ktstr_value *args, struct ktstr_cpuset *sets)
{
	bool fine = true;
	for (int i = 0; i < entry->param_count && fine; i++) {
		const char *bytes;
		size_t length;
		if (is_text(entry->params[i])) {
			fine = wire_get_string(reader, &args[i].text);
		} else if (entry->params[i] == KTSTR_T_CPUSET) {
			fine = wire_get_bytes(reader, &bytes, &length) && length == sizeof(sets[i]);
			if (fine)
				memcpy(&sets[i], bytes, length);
			args[i].set = &sets[i];
		} else {
			fine = wire_get_number(reader, &args[i].integer);
		}
	}
	return fine;
}

static void put_result(struct text *out, const struct ktstr_entry *entry,
		       const union ktstr_result *result)
{
	bool number = entry->result != KTSTR_T_STRING && entry->result != KTSTR_T_CPUSET &&
		      entry->result != KTSTR_T_VERDICT;
	wire_put_number(out, MESSAGE_RETURN);
	wire_put_number(out, entry->result == KTSTR_T_VERDICT ? result->verdict.number
			     : number                         ? result->integer
							      : 0);
	wire_put_string(out, entry->result == KTSTR_T_STRING ? result->text : NULL);
	wire_put_bytes(out, &result->set,
		       entry->result == KTSTR_T_CPUSET ? sizeof(result->set) : 0);
}

static bool answer_call(struct hook_caller *caller, struct text *call)
{
	struct wire_reader reader = {.at = text_string(call), .end = call->data + call->length};
	union ktstr_value args[KTSTR_PARAMS_MAX];
	struct ktstr_cpuset sets[KTSTR_PARAMS_MAX];
	union ktstr_result result = {0};
	struct hook_facts facts = {0};
	int64_t index;
	if (!wire_get_number(&reader, &index) || !wire_get_number(&reader, &facts.duration_ns) ||
	    !wire_get_number(&reader, &facts.settle_ns) ||
	    !wire_get_number(&reader, &facts.workers) ||
	    !wire_get_number(&reader, &facts.sched_pid))
		return false;
	const struct registered *registered = caller->registry->entries.data[index];
	if (!get_args(&reader, registered->entry, args, sets))
		return false;
	set_context(caller, &facts, registered);
	invoke(caller, registered, args, &result);
	fflush(NULL);
	text_clear(&caller->out);
	put_result(&caller->out, registered->entry, &result);
	return helper_send(caller->fd, &caller->out);
}

static void live_in_helper(int fd, void *context)
{
	struct hook_caller *caller = context;
	struct text call = {0};
	caller->fd = fd;
	caller->inside.ask = ask_run;
	while (helper_receive(fd, &call) && answer_call(caller, &call))
		continue;
	text_free(&call);
}

/* In the run. */

static void put_call(struct hook_caller *caller, const struct hook_facts *facts,
		     const struct registered *registered, const union hook_value *args)
{
	const struct ktstr_entry *entry = registered->entry;
	struct text *out = &caller->out;
	int64_t index = 0;
	while (caller->registry->entries.data[index] != registered)
		index++;
	text_clear(out);
	wire_put_number(out, index);
	wire_put_number(out, facts->duration_ns);
	wire_put_number(out, facts->settle_ns);
	wire_put_number(out, facts->workers);
	wire_put_number(out, facts->sched_pid);
	for (int i = 0; i < entry->param_count; i++) {
		if (is_text(entry->params[i]))
			wire_put_string(out, args[i].text);
		else if (entry->params[i] == KTSTR_T_CPUSET)
			wire_put_bytes(out, args[i].set, sizeof(*args[i].set));
		else
			wire_put_number(out, args[i].integer);
	}
}

/* The helper is no more; why? */
static _Noreturn void tell_end(struct hook_caller *caller, struct vm *vm, const char *name)
{
	const int64_t patience_ns = 1000000000;
	int status;
	helper_end(&caller->helper, patience_ns, &status);
	if (WIFSIGNALED(status))
		vm_end(vm, STATUS_BROKEN, "custom", "hook '%s' was killed by SIG%s (%s)", name,
		       sigabbrev_np(WTERMSIG(status)), strsignal(WTERMSIG(status)));
	vm_end(vm, STATUS_BROKEN, "custom", "hook '%s' ended its process with status %d", name,
	       WEXITSTATUS(status));
}

static _Noreturn void tell_nonsense(struct hook_caller *caller, struct vm *vm, const char *name)
{
	helper_end(&caller->helper, 0, NULL);
	vm_end(vm, STATUS_BROKEN, "custom",
	       "hook '%s' sent what is no message: something wrote over its memory", name);
}

static void send_out(struct hook_caller *caller, struct vm *vm, const char *name)
{
	/* One that is gone is noticed by the next look at it. */
	if (helper_send(caller->helper.fd, &caller->out) || errno != EAGAIN)
		return;
	helper_end(&caller->helper, 0, NULL);
	vm_end(vm, STATUS_BROKEN, "custom",
	       "hook '%s' does not read what it is answered, and was killed", name);
}

/* Wait for the next message of the helper, for as long as it may be silent. */
static void await_message(struct hook_caller *caller, struct vm *vm, const char *name)
{
	int64_t until_ns = vm_later(vm_now(vm), caller->timeout_ns);
	/* However fast it asks, signals and the timeout are seen. */
	vm_poll(vm);
	for (;;) {
		switch (helper_read(&caller->helper, &caller->pending, &caller->message)) {
		case HELPER_MESSAGE:
			return;
		case HELPER_GONE:
			tell_end(caller, vm, name);
		case HELPER_NONSENSE:
			tell_nonsense(caller, vm, name);
		case HELPER_NOTHING:
			break;
		}
		if (vm_now(vm) >= until_ns) {
			helper_end(&caller->helper, 0, NULL);
			struct text shown = {0};
			text_put_duration(&shown, caller->timeout_ns);
			char limit[64];
			snprintf(limit, sizeof(limit), "%s", text_string(&shown));
			text_free(&shown);
			vm_end(vm, STATUS_BROKEN, "custom",
			       "hook '%s' neither ended nor asked for anything for %s, and was "
			       "killed",
			       name, limit);
		}
		vm->host->input = caller->helper.fd;
		vm_wait_once(vm, until_ns);
		vm->host->input = 0;
	}
}

static bool read_return(struct wire_reader *reader, const struct ktstr_entry *entry,
			union ktstr_result *result)
{
	int64_t number;
	const char *text, *set;
	size_t length;
	if (!wire_get_number(reader, &number) || !wire_get_string(reader, &text) ||
	    !wire_get_bytes(reader, &set, &length))
		return false;
	memset(result, 0, sizeof(*result));
	if (entry->result == KTSTR_T_STRING)
		result->text = text;
	else if (entry->result == KTSTR_T_CPUSET && length == sizeof(result->set))
		memcpy(&result->set, set, length);
	else if (entry->result == KTSTR_T_VERDICT)
		result->verdict.number = (int32_t)number;
	else
		result->integer = number; /* or the bits of a double */
	return entry->result != KTSTR_T_CPUSET || length == sizeof(result->set);
}

static void answer_request(struct hook_caller *caller, struct vm *vm, const char *name)
{
	struct wire_request request;
	struct wire_reply *reply = &caller->reply;
	if (!wire_get_request(&caller->reader, &request))
		tell_nonsense(caller, vm, name);
	text_clear(&reply->bytes);
	reply->value = 0;
	serve(vm, &request, reply);
	hook_leave_if_over(vm);
	text_clear(&caller->out);
	wire_put_reply(&caller->out, reply);
	send_out(caller, vm, name);
}

static void call_isolated(struct hook_caller *caller, struct vm *vm, const struct hook_facts *facts,
			  const struct registered *registered, const union hook_value *args,
			  struct hook_result *result)
{
	const struct ktstr_entry *entry = registered->entry;
	struct error error;
	if (!caller->helper.pid) {
		set_fixed(caller, facts);
		if (!helper_start(&caller->helper, live_in_helper, caller, caller->timeout_ns,
				  &error)) {
			error_wrap(&error, "no process for hook '%s'", entry->name);
			vm_refused(vm, &error);
		}
		if (!vm->host->verbs->adopt(vm->host, caller->helper.pid, &error)) {
			helper_end(&caller->helper, 0, NULL);
			vm_refused(vm, &error);
		}
		helper_begin(&caller->helper);
	}
	put_call(caller, facts, registered, args);
	send_out(caller, vm, entry->name);
	for (;;) {
		int64_t kind;
		union ktstr_result given;
		await_message(caller, vm, entry->name);
		caller->reader.at = text_string(&caller->message);
		caller->reader.end = caller->reader.at + caller->message.length;
		if (!wire_get_number(&caller->reader, &kind))
			tell_nonsense(caller, vm, entry->name);
		if (kind == MESSAGE_REQUEST) {
			answer_request(caller, vm, entry->name);
			continue;
		}
		if (kind != MESSAGE_RETURN || !read_return(&caller->reader, entry, &given))
			tell_nonsense(caller, vm, entry->name);
		take_result(vm, entry, &given, result);
		return;
	}
}

static void call(struct run_hooks *hooks, struct vm *vm, const struct hook *hook,
		 const union hook_value *args, struct hook_result *result)
{
	struct hook_caller *caller = caller_of(hooks);
	const struct registered *registered = registry_find(caller->registry, hook, NULL);
	struct hook_facts facts;
	hook_get_facts(vm, &facts);
	caller->vm = vm;
	if (!caller->in_process) {
		call_isolated(caller, vm, &facts, registered, args, result);
		return;
	}
	if (!caller->inside.ask)
		set_fixed(caller, &facts);
	set_context(caller, &facts, registered);
	call_here(caller, vm, registered, args, result);
}

static void end(struct run_hooks *hooks)
{
	struct hook_caller *caller = caller_of(hooks);
	helper_end(&caller->helper, 0, NULL);
	text_clear(&caller->pending);
	caller->inside.ask = NULL;
}

struct hook_caller *hook_caller_new(const struct registry *registry, bool in_process,
				    int64_t timeout_ns)
{
	struct hook_caller *caller = memory_zeroed(1, sizeof(*caller));
	caller->hooks = (struct run_hooks){find, call, body, end};
	caller->registry = registry;
	caller->in_process = in_process;
	caller->timeout_ns = timeout_ns;
	return caller;
}

void hook_caller_free(struct hook_caller *caller)
{
	if (!caller)
		return;
	helper_end(&caller->helper, 0, NULL);
	text_free(&caller->pending);
	text_free(&caller->message);
	text_free(&caller->out);
	text_free(&caller->work_type);
	text_free(&caller->reply.bytes);
	text_free(&caller->inside.reply.bytes);
	free(caller->reader.items);
	free(caller);
}

struct run_hooks *hook_caller_hooks(struct hook_caller *caller)
{
	return &caller->hooks;
}
