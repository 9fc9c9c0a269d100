/* The library's functions that are made of others: set-up in one call, and ops built in C. */
#include "api/client.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ktstr_verdict ktstr_collect_all(struct ktstr_context *ctx,
				       const struct ktstr_handle *handles, size_t count,
				       const struct ktstr_checks *checks)
{
	size_t all;
	struct ktstr_report *reports = ktstr_stop(ctx, handles, count, &all);
	struct ktstr_verdict verdict = ktstr_pass();
	if (!reports)
		return ktstr_refused(ctx);
	/* Workers are compared within their group only, so that one look at all is the merged look
	 * at each handle. */
	if (all)
		verdict = ktstr_assert_cgroup(ctx, checks, reports, all, NULL);
	free(reports);
	return verdict;
}

struct ktstr_work ktstr_dfl_wl(const struct ktstr_context *ctx)
{
	return (struct ktstr_work){.work = "cpu_spin", .workers = ctx->workers_per_cgroup};
}

struct ktstr_guard ktstr_guard_new(struct ktstr_context *ctx)
{
	return (struct ktstr_guard){.ctx = ctx};
}

bool ktstr_guard_add_cgroup(struct ktstr_guard *guard, const char *name,
			    const struct ktstr_cpuset *set)
{
	struct ktstr_cgroups *cgroups = guard->ctx->cgroups;
	if (!ktstr_cgroup_create(cgroups, name))
		return false;
	guard->names = memory_resize(guard->names, (guard->count + 1) * sizeof(*guard->names));
	guard->names[guard->count++] = strdup(name);
	return !set || ktstr_cgroup_set_cpuset(cgroups, name, set);
}

void ktstr_guard_drop(struct ktstr_guard *guard)
{
	while (guard->count) {
		char *name = guard->names[--guard->count];
		char kept[sizeof(guard->ctx->inside->reply.error)];
		/* What was refused before is what the hook wants to know of. */
		memcpy(kept, guard->ctx->inside->reply.error, sizeof(kept));
		bool lacking = guard->ctx->inside->reply.lacking;
		ktstr_cgroup_remove(guard->ctx->cgroups, name);
		memcpy(guard->ctx->inside->reply.error, kept, sizeof(kept));
		guard->ctx->inside->reply.lacking = lacking;
		free(name);
	}
	free(guard->names);
	guard->names = NULL;
}

static bool fill_setup(struct ktstr_setup *setup, size_t n, const struct ktstr_work *work)
{
	struct ktstr_context *ctx = setup->guard.ctx;
	for (size_t i = 0; i < n; i++) {
		char name[32];
		snprintf(name, sizeof(name), "cg_%zu", i);
		if (!ktstr_guard_add_cgroup(&setup->guard, name, NULL))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		setup->handles[i] = ktstr_spawn(ctx, setup->guard.names[i], work);
		if (!setup->handles[i].number)
			return false;
		setup->count++;
	}
	return ktstr_release(ctx);
}

struct ktstr_setup ktstr_setup_cgroups(struct ktstr_context *ctx, size_t n,
				       const struct ktstr_work *work)
{
	struct ktstr_setup setup = {.guard = ktstr_guard_new(ctx),
				    .handles = memory_zeroed(n + 1, sizeof(*setup.handles))};
	setup.fine = fill_setup(&setup, n, work);
	if (!setup.fine)
		ktstr_setup_drop(&setup);
	return setup;
}

void ktstr_setup_drop(struct ktstr_setup *setup)
{
	if (setup->guard.ctx)
		ktstr_guard_drop(&setup->guard);
	free(setup->handles);
	setup->handles = NULL;
	setup->count = 0;
}

bool ktstr_spawn_diverse(struct ktstr_context *ctx, const char *const *names, size_t count,
			 struct ktstr_handle *handles)
{
	static const char *const kinds[] = {"cpu_spin", "bursty(50ms, 100ms)", "io_sync", "mixed",
					    "yield_heavy"};
	for (size_t i = 0; i < count; i++) {
		const char *kind = kinds[i % (sizeof(kinds) / sizeof(kinds[0]))];
		struct ktstr_work work = {.work = kind,
					  .workers = strcmp(kind, "io_sync") == 0 ? 2 : 0};
		handles[i] = ktstr_spawn(ctx, names[i], &work);
		if (!handles[i].number)
			return false;
	}
	return ktstr_release(ctx);
}

struct ktstr_verdict ktstr_execute_text(struct ktstr_context *ctx, const char *text,
					const struct ktstr_checks *checks)
{
	if (!ktstr_wait_for_map_write(ctx))
		return ktstr_refused(ctx);
	return client_verdict(ctx, &(struct wire_request){WIRE_BLOCK, .text = text,
							  .more = checks ? checks->expect : NULL});
}

struct ktstr_steps {
	struct text text;
	bool in_step;
	bool is_broken; /* some op cannot be written */
};

struct ktstr_steps *ktstr_steps_new(void)
{
	return memory_zeroed(1, sizeof(struct ktstr_steps));
}

void ktstr_steps_free(struct ktstr_steps *steps)
{
	if (steps)
		text_free(&steps->text);
	free(steps);
}

static void close_step(struct ktstr_steps *steps)
{
	if (steps->in_step)
		text_puts(&steps->text, "}\n");
	steps->in_step = false;
}

static void put_set(struct ktstr_steps *steps, const struct ktstr_cpuset *set)
{
	text_puts(&steps->text, "cpus(\"");
	cpuset_print(&steps->text, public_set(set));
	text_puts(&steps->text, "\")");
}

void ktstr_steps_step(struct ktstr_steps *steps, const char *name)
{
	close_step(steps);
	text_puts(&steps->text, "step \"");
	for (const char *at = name; *at; at++) {
		if (strchr("\"\\{}", *at))
			text_putc(&steps->text, '\\');
		text_putc(&steps->text, *at);
	}
	text_puts(&steps->text, "\" {\n");
	steps->in_step = true;
}

void ktstr_steps_cgroup(struct ktstr_steps *steps, const char *group,
			const struct ktstr_cpuset *set, const struct ktstr_work *work)
{
	text_printf(&steps->text, "cgroup %s {\n", group);
	if (set) {
		text_puts(&steps->text, "cpus = ");
		put_set(steps, set);
		text_putc(&steps->text, '\n');
	}
	if (work)
		ktstr_steps_spawn(steps, NULL, work);
	text_puts(&steps->text, "}\n");
}

void ktstr_steps_remove(struct ktstr_steps *steps, const char *group)
{
	text_printf(&steps->text, "remove %s\n", group);
}

void ktstr_steps_set_cpuset(struct ktstr_steps *steps, const char *group,
			    const struct ktstr_cpuset *set)
{
	text_printf(&steps->text, "set %s.cpus = ", group);
	put_set(steps, set);
	text_putc(&steps->text, '\n');
}

void ktstr_steps_clear_cpuset(struct ktstr_steps *steps, const char *group)
{
	text_printf(&steps->text, "clear %s.cpus\n", group);
}

void ktstr_steps_swap_cpusets(struct ktstr_steps *steps, const char *a, const char *b)
{
	text_printf(&steps->text, "swap %s.cpus, %s.cpus\n", a, b);
}

void ktstr_steps_spawn(struct ktstr_steps *steps, const char *group, const struct ktstr_work *work)
{
	wire_put_spawn(&steps->text, work, 0, group);
	text_putc(&steps->text, '\n');
}

void ktstr_steps_stop(struct ktstr_steps *steps, const char *group)
{
	text_printf(&steps->text, "stop %s\n", group);
}

void ktstr_steps_move_all(struct ktstr_steps *steps, const char *from, const char *to)
{
	text_printf(&steps->text, "move all from %s to %s\n", from, to);
}

void ktstr_steps_freeze(struct ktstr_steps *steps, const char *group, bool frozen)
{
	text_printf(&steps->text, "%s %s\n", frozen ? "freeze" : "thaw", group);
}

void ktstr_steps_hold(struct ktstr_steps *steps, int64_t ns)
{
	text_printf(&steps->text, "hold %" PRId64 "ns\n", ns);
}

void ktstr_steps_hold_share(struct ktstr_steps *steps, double share)
{
	if (!isfinite(share))
		steps->is_broken = true;
	else
		text_printf(&steps->text, "hold %.6f%%\n", share * 100);
}

void ktstr_steps_op(struct ktstr_steps *steps, const char *statement)
{
	text_printf(&steps->text, "%s\n", statement);
}

const char *ktstr_steps_text(struct ktstr_steps *steps)
{
	close_step(steps);
	return text_string(&steps->text);
}

struct ktstr_verdict ktstr_execute_steps(struct ktstr_context *ctx, struct ktstr_steps *steps)
{
	return ktstr_execute_steps_with(ctx, steps, NULL);
}

struct ktstr_verdict ktstr_execute_steps_with(struct ktstr_context *ctx, struct ktstr_steps *steps,
					      const struct ktstr_checks *checks)
{
	if (steps->is_broken)
		return ktstr_broken(ctx, "a share of the steps is not finite");
	return ktstr_execute_text(ctx, ktstr_steps_text(steps), checks);
}
