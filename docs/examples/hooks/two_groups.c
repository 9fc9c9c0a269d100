/* Two cgroups under load, logic of one's own in between, and one verdict at the end: the shape that
 * most custom scenarios have. `ktstr exec two_groups --hooks ./two_groups.so` */
#include <ktstr.h>

/* Freeze one group for a while: the other one has to go on meanwhile. */
static struct ktstr_verdict pause_first(struct ktstr_context *ctx, const struct ktstr_setup *setup)
{
	uint64_t before, after;
	if (!ktstr_cgroup_freeze(ctx->cgroups, setup->guard.names[0], true) ||
	    !ktstr_progress(ctx, setup->handles[1], &before) ||
	    !ktstr_sleep(ctx, ctx->duration_ns / 4) ||
	    !ktstr_progress(ctx, setup->handles[1], &after) ||
	    !ktstr_cgroup_freeze(ctx->cgroups, setup->guard.names[0], false))
		return ktstr_refused(ctx);
	ktstr_note(ctx, "cg_1 did %llu units while cg_0 was frozen",
		   (unsigned long long)(after - before));
	if (after == before)
		return ktstr_fail(ctx, "cg_1 stood still while cg_0 was frozen");
	return ktstr_pass();
}

static struct ktstr_verdict two_groups(struct ktstr_context *ctx)
{
	struct ktstr_work work = ktstr_dfl_wl(ctx);
	ktstr_auto_setup setup = ktstr_setup_cgroups(ctx, 2, &work);
	if (!setup.fine || !ktstr_sleep(ctx, ctx->duration_ns / 2))
		return ktstr_refused(ctx);
	struct ktstr_verdict verdict = pause_first(ctx, &setup);
	if (!ktstr_sleep(ctx, ctx->duration_ns / 4))
		return ktstr_refused(ctx);
	ktstr_merge(ctx, &verdict,
		    ktstr_collect_all(ctx, setup.handles, setup.count, ctx->checks));
	return verdict;
}

KTSTR_SCENARIO(two_groups, .category = "examples",
	       .description = "One of two groups is frozen, the other one goes on",
	       .num_cgroups = 2, .custom = two_groups);
