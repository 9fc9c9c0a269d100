/*
 * Life cycles: which cgroups exist at each line, and which workers are still there, on every way
 * through a scenario. The walk follows the order of time; branches are walked one by one from the
 * same state and then joined, loops twice. Changes go into a journal, so that a branch costs what
 * it changes and not what there is.
 */
#include "sema/checker.h"
#include "sema/group_table.h"

#include <limits.h>

struct change {
	struct life *life;
	struct life before;
};

struct outcome {
	struct life *life;
	struct life after;
	int arms; /* that changed it */
};

struct walker {
	struct checker *check;
	struct group root;
	struct group host;
	struct group_table groups;
	VECTOR(struct group *) created; /* in order, to be ended by their owner */
	VECTOR(struct symbol *) runs;   /* of payloads, likewise */
	VECTOR(struct change) journal;
	VECTOR(struct outcome) outcomes;
	int depth;                     /* of owning blocks: 0 is the scenario */
	int branches;                  /* how many branches and loops surround this line */
	bool second;                   /* the second turn of a loop */
	bool uncertain;                /* ... that may not happen */
	const struct ref *inside;      /* path of the cgroup block around this line */
	const struct stmt *unreleased; /* a spawn that nothing has started yet */
	int unreleased_depth;
	int calls;        /* of procs, followed so far */
	struct span call; /* the newest one around this line, SPAN_NONE outside procs */
	double share;     /* of the duration, held so far outside loops */
	int nesting;      /* of blocks, through the calls */
};

static void walk(struct walker *walker, struct stmt *first);

static void set_life(struct walker *walker, struct life *life, enum life_state state,
		     struct span since)
{
	if (walker->branches)
		VECTOR_PUSH(&walker->journal, (struct change){life, *life});
	*life = (struct life){state, since};
}

static const char *group_name(const struct walker *walker, const struct group *group)
{
	return checker_text(walker->check, group->name);
}

static void suggest_group(struct walker *walker, struct span span, const char *name)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, name);
	for (size_t i = 0; i < walker->created.length && i < 2000; i++) {
		if (walker->created.data[i]->life.state == LIFE_LIVE)
			text_nearest_offer(&nearest, group_name(walker, walker->created.data[i]));
	}
	const struct tree *tree = walker->check->tree;
	for (size_t i = 0; i < tree->suspects.length; i++)
		text_nearest_offer(&nearest, map_text(tree->names, tree->suspects.data[i]));
	diag_report(walker->check->diags, DIAG_UNKNOWN_CGROUP, span,
		    nearest.best ? "there is no cgroup '%s' here; did you mean '%s'?"
				 : "there is no cgroup '%s' here",
		    name, nearest.best);
	if (nearest.best)
		diag_fix(walker->check->diags, span, "%s", nearest.best);
}

/* What is wrong in a proc may be so because of the call that led here. */
static void label_call(struct walker *walker)
{
	if (!span_is_none(walker->call) && walker->check->diags->diags.length)
		diag_label(walker->check->diags, walker->call, "in this call");
}

/* A group is used: it must be there. What is reported once is then taken to be there. */
static void use_group(struct walker *walker, struct group *group, const struct ref *ref)
{
	struct diag_list *diags = walker->check->diags;
	const char *name = group_name(walker, group);
	struct span since = group->life.since;
	switch (group->life.state) {
	case LIFE_LIVE:
		return;
	case LIFE_NEVER:
		if (!tree_is_suspect(walker->check->tree, ref->name))
			suggest_group(walker, ref->name_span, name);
		break;
	case LIFE_MAYBE:
		/* Of a family one member may be there and another not, on any way. */
		if (group->loose)
			return;
		diag_report(diags, DIAG_MAYBE_GONE, ref->name_span,
			    "cgroup '%s' may not exist here", name);
		diag_label(diags, since, "this is only on some of the ways to that line");
		break;
	case LIFE_GONE:
		if (walker->second && walker->uncertain)
			diag_report(diags, DIAG_MAYBE_GONE, ref->name_span,
				    "cgroup '%s' is gone when this runs again", name);
		else
			diag_report(diags, DIAG_GONE, ref->name_span, "cgroup '%s' is gone here",
				    name);
		diag_label(diags, since, "it ends with this");
		break;
	}
	label_call(walker);
	group->life.state = LIFE_LIVE;
}

/* The group that a path means; every group on the way must be there. */
static struct group *resolve(struct walker *walker, const struct ref *ref)
{
	struct group *group = &walker->root;
	if (ref->name == walker->check->host)
		return &walker->host;
	if (ref->symbol) {
		group = ref->symbol->group;
		if (group != &walker->host)
			use_group(walker, group, ref);
		ref = ref->next;
	}
	for (; ref; ref = ref->next) {
		group = group_table_find(&walker->groups, group, ref);
		use_group(walker, group, ref);
	}
	return group;
}

static void use_expr(struct walker *walker, const struct expr *expr)
{
	if (!expr || expr->type == TYPE_ERROR)
		return;
	switch (expr->kind) {
	case EXPR_FIELD:
		if (expr->type == TYPE_CPUSET || expr->type == TYPE_INT ||
		    expr->type == TYPE_CGROUP)
			resolve(walker, (const struct ref *)(const void *)expr->items);
		break;
	case EXPR_TEXT:
	case EXPR_CALL:
		for (const struct item *item = expr->items; item; item = item->next)
			use_expr(walker, item->value);
		break;
	case EXPR_UNARY:
		use_expr(walker, expr->left);
		break;
	case EXPR_BINARY:
		use_expr(walker, expr->left);
		use_expr(walker, expr->right);
		break;
	default:
		break;
	}
}

/* Is `path` the path of the block around it and one part more? */
static bool extends(const struct ref *outer, const struct ref *path)
{
	for (; outer; outer = outer->next, path = path->next) {
		if (!path || path->name != outer->name)
			return false;
	}
	return path != NULL;
}

static void check_nesting(struct walker *walker, const struct ref *ref)
{
	const struct ref *outer = walker->inside;
	if (!outer || extends(outer, ref))
		return;
	const char *name = checker_text(walker->check, outer->name);
	diag_report(walker->check->diags, DIAG_MISPLACED, ref->span,
		    "inside the block of '%s' a nested cgroup is written `%s/%s`", name, name,
		    checker_text(walker->check, ref->name));
}

static int path_length(const struct ref *ref)
{
	int parts = 0;
	for (; ref; ref = ref->next)
		parts++;
	return parts;
}

static void create_group(struct walker *walker, const struct stmt *stmt, const struct ref *ref)
{
	struct diag_list *diags = walker->check->diags;
	struct group *group = &walker->root;
	check_nesting(walker, ref);
	bool missing = path_length(ref) > TREE_PATH_MAX; /* refused already */
	if (ref->symbol) {
		group = ref->symbol->group;
		if (!ref->next) {
			diag_report(diags, DIAG_CREATED_TWICE, ref->name_span,
				    "'%s' stands for a cgroup that exists already",
				    checker_text(walker->check, ref->name));
			return;
		}
		ref = ref->next;
	}
	for (; ref->next; ref = ref->next) {
		group = group_table_find(&walker->groups, group, ref);
		if (group->life.state == LIFE_NEVER) {
			if (!missing)
				diag_report(diags, DIAG_PARENT_MISSING, ref->name_span,
					    "the parent '%s' does not exist here",
					    group_name(walker, group));
			missing = true;
			group->life.state = LIFE_LIVE;
		}
		use_group(walker, group, ref);
	}
	group = group_table_find(&walker->groups, group, ref);
	const char *name = group_name(walker, group);
	enum life_state state = group->life.state;
	if (state == LIFE_LIVE && !group->loose) {
		bool again = walker->second && group->life.since.start == stmt->span.start;
		if (again && walker->uncertain)
			diag_report(diags, DIAG_MAYBE_GONE, ref->name_span,
				    "cgroup '%s' exists already when this runs again", name);
		else
			diag_report(diags, DIAG_CREATED_TWICE, ref->name_span,
				    again ? "the second turn creates cgroup '%s' again"
					  : "cgroup '%s' exists already",
				    name);
		if (again)
			diag_note(diags, "put the body into `scope { }`, or remove the cgroup");
		else
			diag_label(diags, group->life.since, "created here");
	} else if (state == LIFE_MAYBE && !group->loose) {
		diag_report(diags, DIAG_MAYBE_GONE, ref->name_span, "cgroup '%s' may exist already",
			    name);
	}
	if (state != LIFE_LIVE)
		group->workers_owner = INT_MAX;
	set_life(walker, &group->life, LIFE_LIVE, stmt->span);
	group->owner = walker->depth;
	VECTOR_PUSH(&walker->created, group);
}

static void end_group(struct walker *walker, struct group *group, struct span since)
{
	for (struct group *child = group->child; child; child = child->sibling)
		end_group(walker, child, since);
	if (group->life.state == LIFE_LIVE || group->life.state == LIFE_MAYBE)
		set_life(walker, &group->life, LIFE_GONE, since);
}

static struct span last_byte(struct span span)
{
	return (struct span){span.end - 1, span.end};
}

static void timeless(struct walker *walker)
{
	if (walker->unreleased && walker->unreleased_depth == walker->depth && !walker->second) {
		diag_report(walker->check->diags, DIAG_TIMELESS, walker->unreleased->span,
			    "these workers get no time to run");
		diag_note(walker->check->diags, "add a `hold` behind them");
		walker->unreleased = NULL;
	}
}

/* A block that owns what it creates. */
static void walk_owner(struct walker *walker, struct stmt *first, struct span span)
{
	size_t mark = walker->created.length, runs = walker->runs.length;
	const struct ref *inside = walker->inside;
	walker->inside = NULL;
	walker->depth++;
	walk(walker, first);
	timeless(walker);
	while (walker->runs.length > runs) {
		struct symbol *run = walker->runs.data[--walker->runs.length];
		if (run->owner == walker->depth && run->life.state != LIFE_GONE)
			set_life(walker, &run->life, LIFE_GONE, last_byte(span));
	}
	while (walker->created.length > mark) {
		struct group *group = walker->created.data[--walker->created.length];
		if (group->owner == walker->depth)
			end_group(walker, group, last_byte(span));
	}
	walker->depth--;
	walker->inside = inside;
}

static enum life_state join(enum life_state a, enum life_state b)
{
	if (a == b)
		return a;
	bool present = a == LIFE_LIVE || a == LIFE_MAYBE || b == LIFE_LIVE || b == LIFE_MAYBE;
	return present ? LIFE_MAYBE : LIFE_GONE;
}

/* Undo what was changed since `mark`, keeping the results as outcomes. */
static void rewind_branch(struct walker *walker, size_t mark, size_t outcomes)
{
	for (size_t i = walker->journal.length; i-- > mark;) {
		struct change *change = &walker->journal.data[i];
		struct outcome *known = NULL;
		for (size_t j = walker->outcomes.length; j-- > outcomes && !known;) {
			if (walker->outcomes.data[j].life == change->life)
				known = &walker->outcomes.data[j];
		}
		/* The newest change of a thing comes first and tells its state at the end. */
		struct life now = *change->life;
		if (!known) {
			VECTOR_PUSH(&walker->outcomes, (struct outcome){change->life, now, -1});
		} else if (known->arms > 0) {
			enum life_state state = join(known->after.state, now.state);
			known->after = (struct life){state, now.since};
			known->arms = -known->arms - 1;
		}
		*change->life = change->before;
	}
	for (size_t j = outcomes; j < walker->outcomes.length; j++) {
		if (walker->outcomes.data[j].arms < 0)
			walker->outcomes.data[j].arms = -walker->outcomes.data[j].arms;
	}
	walker->journal.length = mark;
}

static void join_branches(struct walker *walker, size_t outcomes, int arms)
{
	walker->branches--;
	for (size_t j = outcomes; j < walker->outcomes.length; j++) {
		struct outcome *outcome = &walker->outcomes.data[j];
		enum life_state state = outcome->after.state;
		if (outcome->arms < arms)
			state = join(state, outcome->life->state);
		set_life(walker, outcome->life, state, outcome->after.since);
	}
	walker->outcomes.length = outcomes;
}

static void walk_if(struct walker *walker, const struct stmt *stmt)
{
	size_t outcomes = walker->outcomes.length;
	int arms = 0;
	bool complete = false;
	walker->branches++;
	for (struct arm *arm = stmt->arms; arm; arm = arm->next) {
		size_t mark = walker->journal.length;
		use_expr(walker, arm->condition);
		walk(walker, arm->block.first);
		rewind_branch(walker, mark, outcomes);
		arms++;
		complete |= !arm->condition;
	}
	join_branches(walker, outcomes, complete ? arms : arms + 1);
}

/* How often a loop runs at the least, as far as that is known. */
static int64_t least_turns(const struct stmt *stmt)
{
	int64_t a, b;
	if (stmt->kind == STMT_FOR)
		return expr_is_integer(stmt->body.first, &a) &&
				       expr_is_integer(stmt->body.second, &b)
			       ? b - a
			       : 0;
	if (stmt->kind == STMT_TIMES)
		return expr_is_integer(stmt->body.first, &a) ? a : 1;
	return 1;
}

static void walk_loop(struct walker *walker, const struct stmt *stmt)
{
	use_expr(walker, stmt->body.first);
	use_expr(walker, stmt->body.second);
	int64_t turns = least_turns(stmt);
	size_t outcomes = walker->outcomes.length, mark = walker->journal.length;
	double share = walker->share;
	if (turns < 1)
		walker->branches++;
	walk(walker, stmt->body.block.first);
	bool once = turns == 1 && stmt->kind != STMT_EVERY && stmt->body.first->constant;
	if (!walker->second && !once) {
		bool uncertain = walker->uncertain;
		walker->second = true;
		walker->uncertain = turns < 2;
		walk(walker, stmt->body.block.first);
		walker->second = false;
		walker->uncertain = uncertain;
	}
	if (turns < 1) {
		rewind_branch(walker, mark, outcomes);
		join_branches(walker, outcomes, 2);
	}
	walker->share = share;
}

static void add_workers(struct group *group, int owner)
{
	if (owner < group->workers_owner)
		group->workers_owner = owner;
}

static void walk_spawn(struct walker *walker, const struct stmt *stmt)
{
	use_expr(walker, stmt->spawn.count);
	use_expr(walker, stmt->spawn.work);
	for (const struct stmt *setting = stmt->spawn.settings; setting; setting = setting->next) {
		if (setting->kind == STMT_SETTING)
			use_expr(walker, setting->simple.value);
	}
	const struct ref *ref = stmt->spawn.ref ? stmt->spawn.ref : walker->inside;
	if (ref)
		add_workers(resolve(walker, ref), walker->depth);
	if (stmt->spawn.symbol) {
		stmt->spawn.symbol->owner = walker->depth;
		set_life(walker, &stmt->spawn.symbol->life, LIFE_LIVE, stmt->span);
	}
	walker->unreleased = stmt;
	walker->unreleased_depth = walker->depth;
}

static void use_handle(struct walker *walker, const struct stmt *stmt, struct symbol *symbol)
{
	if (symbol->life.state != LIFE_GONE)
		return;
	bool again = walker->second && walker->uncertain;
	diag_report(walker->check->diags, again ? DIAG_MAYBE_GONE : DIAG_STOPPED_TWICE, stmt->span,
		    "the workers '%s' are stopped already",
		    checker_text(walker->check, symbol->name));
	diag_label(walker->check->diags, symbol->life.since, "they are stopped here");
}

static void walk_move(struct walker *walker, const struct stmt *stmt)
{
	use_expr(walker, stmt->group.value);
	struct symbol *symbol = stmt->group.symbol;
	int owner = symbol ? symbol->owner : INT_MAX;
	if (stmt->group.ref)
		owner = resolve(walker, stmt->group.ref)->workers_owner;
	else if (symbol)
		use_handle(walker, stmt, symbol);
	struct group *to = resolve(walker, stmt->group.other);
	if (to != &walker->host && owner < to->owner) {
		diag_report(walker->check->diags, DIAG_OUTLIVES, stmt->group.other->span,
			    "cgroup '%s' ends before the workers that move into it",
			    group_name(walker, to));
		diag_label(walker->check->diags, to->life.since, "it is created here");
		return;
	}
	if (owner != INT_MAX)
		add_workers(to, owner);
}

static void walk_hold(struct walker *walker, const struct expr *length, struct span span)
{
	double share;
	walker->unreleased = NULL;
	if (!length || walker->branches || walker->second || length->type != TYPE_PERCENT ||
	    !expr_is_number(length, &share))
		return;
	bool within = walker->share <= 1.000001;
	walker->share += share;
	if (within && walker->share > 1.000001)
		diag_report(walker->check->diags, DIAG_HOLDS_EXCEED, span,
			    "up to here the holds add up to %g%% of the duration",
			    walker->share * 100);
}

static void walk_group_stmt(struct walker *walker, const struct stmt *stmt)
{
	struct group *group = resolve(walker, stmt->group.ref);
	if (stmt->kind == STMT_SWAP)
		resolve(walker, stmt->group.other);
	if (stmt->kind == STMT_SET)
		use_expr(walker, stmt->group.value);
	if (stmt->kind == STMT_REMOVE && group != &walker->host && !group->loose)
		end_group(walker, group, stmt->span);
}

static void walk_stop(struct walker *walker, const struct stmt *stmt)
{
	if (!stmt->group.symbol) {
		resolve(walker, stmt->group.ref);
		return;
	}
	use_handle(walker, stmt, stmt->group.symbol);
	set_life(walker, &stmt->group.symbol->life, LIFE_GONE, stmt->span);
}

static void walk_run(struct walker *walker, const struct stmt *stmt)
{
	struct symbol *run = stmt->group.symbol;
	const struct ref *ref = stmt->group.ref ? stmt->group.ref : walker->inside;
	if (ref)
		add_workers(resolve(walker, ref), walker->depth);
	if (!run)
		return;
	const char *name = checker_text(walker->check, run->name);
	if (run->life.state == LIFE_LIVE) {
		bool again = walker->second && run->life.since.start == stmt->span.start;
		diag_report(walker->check->diags, DIAG_RUNS_ALREADY, stmt->name_span,
			    again ? "the second turn starts '%s' while the first one runs"
				  : "'%s' runs already",
			    name);
		if (!again)
			diag_label(walker->check->diags, run->life.since, "started here");
		diag_note(walker->check->diags, "%s",
			  again ? "`wait` for it before the turn is over"
				: "give the second one a name of its own: `run … as NAME`");
		label_call(walker);
	} else if (run->life.state == LIFE_MAYBE) {
		diag_report(walker->check->diags, DIAG_MAYBE_GONE, stmt->name_span,
			    "'%s' may be running already", name);
	}
	run->owner = walker->depth;
	set_life(walker, &run->life, LIFE_LIVE, stmt->span);
	VECTOR_PUSH(&walker->runs, run);
}

/* wait or kill */
static void walk_end(struct walker *walker, const struct stmt *stmt)
{
	struct symbol *run = stmt->simple.symbol;
	struct diag_list *diags = walker->check->diags;
	use_expr(walker, stmt->simple.value);
	walker->unreleased = NULL;
	if (!run)
		return;
	const char *name = checker_text(walker->check, run->name);
	switch (run->life.state) {
	case LIFE_LIVE:
		break;
	case LIFE_NEVER:
		diag_report(diags, DIAG_NOT_RUNNING, stmt->name_span, "'%s' was not started", name);
		diag_note(diags, "`run %s` starts it", name);
		label_call(walker);
		break;
	case LIFE_MAYBE:
		diag_report(diags, DIAG_MAYBE_GONE, stmt->name_span, "'%s' may not be running here",
			    name);
		diag_label(diags, run->life.since,
			   "this is only on some of the ways to that line");
		break;
	case LIFE_GONE:
		diag_report(diags, DIAG_NOT_RUNNING, stmt->name_span, "'%s' has ended here", name);
		diag_label(diags, run->life.since, "it ends with this");
		label_call(walker);
		break;
	}
	set_life(walker, &run->life, LIFE_GONE, stmt->span);
}

/* expect for GROUP may name a group of another block, before or after: it must exist somewhere. */
static void check_limits(struct walker *walker, const struct stmt *stmt)
{
	for (const struct ref *ref = stmt->limits.ref; ref; ref = ref->next) {
		if (ref->symbol || scope_is_group(walker->check, ref->name) ||
		    tree_is_suspect(walker->check->tree, ref->name))
			continue;
		suggest_group(walker, ref->name_span, checker_text(walker->check, ref->name));
		return;
	}
	for (const struct limit *limit = stmt->limits.first; limit; limit = limit->next) {
		use_expr(walker, limit->value);
		use_expr(walker, limit->sustained);
	}
}

static void walk_cgroup(struct walker *walker, const struct stmt *stmt)
{
	/* Settings are evaluated before the group is made. */
	for (struct stmt *item = stmt->body.block.first; item; item = item->next) {
		if (item->kind == STMT_SETTING)
			use_expr(walker, item->simple.value);
	}
	create_group(walker, stmt, stmt->body.ref);
	const struct ref *outer = walker->inside;
	walker->inside = stmt->body.ref;
	walk(walker, stmt->body.block.first);
	walker->inside = outer;
}

/* The proc's body, with its parameters standing for what this call passes. */
static void walk_call(struct walker *walker, const struct stmt *stmt)
{
	enum { CALLS_MAX = 10000 };
	const struct expr *call = stmt->simple.value;
	if (call->kind != EXPR_CALL || !call->routine || call->routine->kind != SYMBOL_PROC)
		return;
	if (++walker->calls > CALLS_MAX) {
		if (walker->calls == CALLS_MAX + 1)
			diag_report(walker->check->diags, DIAG_MANY_CALLS, stmt->span,
				    "more than %d calls of procs are made up to here", CALLS_MAX);
		return;
	}
	const struct stmt *proc = call->routine->stmt;
	const struct item *item = call->items;
	for (const struct parameter *param = proc->routine.params; param && item;
	     param = param->next, item = item->next) {
		const struct expr *value = item->value;
		use_expr(walker, value);
		if (param->symbol->type == TYPE_CGROUP && value->type == TYPE_CGROUP)
			param->symbol->group =
				resolve(walker, (const struct ref *)(const void *)value->items);
		if (param->symbol->type == TYPE_WORKERS && value->kind == EXPR_NAME) {
			param->symbol->owner = value->symbol->owner;
			param->symbol->life = value->symbol->life;
		}
	}
	struct span outer_call = walker->call;
	const struct ref *inside = walker->inside;
	walker->call = stmt->span;
	walker->inside = NULL;
	walk(walker, proc->routine.block.first);
	walker->inside = inside;
	walker->call = outer_call;
	item = call->items;
	for (const struct parameter *param = proc->routine.params; param && item;
	     param = param->next, item = item->next) {
		if (param->symbol->type == TYPE_WORKERS && item->value->kind == EXPR_NAME &&
		    param->symbol->life.state != item->value->symbol->life.state)
			set_life(walker, &item->value->symbol->life, param->symbol->life.state,
				 param->symbol->life.since);
	}
}

/* dispatch */
static void walk_stmt(struct walker *walker, struct stmt *stmt)
{
	switch ((enum stmt_kind)stmt->kind) {
	case STMT_USE:
	case STMT_PARAM:
	case STMT_SCENARIO:
	case STMT_FN:
	case STMT_PROC:
	case STMT_EXTERN:
	case STMT_PAYLOAD:
	case STMT_SCHEDULER:
	case STMT_SCHEDULER_OP:
	case STMT_FLAG:
	case STMT_FLAG_ARGS:
	case STMT_METRIC:
	case STMT_REQUIRES:
	case STMT_EXCLUDES:
		break;
	case STMT_RUN:
		walk_run(walker, stmt);
		break;
	case STMT_WAIT:
	case STMT_KILL:
		walk_end(walker, stmt);
		break;
	case STMT_CUSTOM:
		use_expr(walker, stmt->simple.value);
		break;
	case STMT_CALL:
		walk_call(walker, stmt);
		break;
	case STMT_SETTING:
		break; /* of a scenario: before any group; of a cgroup: by walk_cgroup() */
	case STMT_ERROR:
		walk(walker, stmt->body.block.first);
		break;
	case STMT_LET:
		use_expr(walker, stmt->simple.value);
		if (stmt->simple.spawn)
			walk_spawn(walker, stmt->simple.spawn);
		break;
	case STMT_STEP:
	case STMT_SCOPE:
		use_expr(walker, stmt->body.first);
		walk_owner(walker, stmt->body.block.first, stmt->span);
		break;
	case STMT_CGROUP:
		walk_cgroup(walker, stmt);
		break;
	case STMT_CREATE:
		create_group(walker, stmt, stmt->group.ref);
		break;
	case STMT_REMOVE:
	case STMT_SET:
	case STMT_CLEAR:
	case STMT_SWAP:
	case STMT_FREEZE:
	case STMT_THAW:
		walk_group_stmt(walker, stmt);
		break;
	case STMT_STOP:
		walk_stop(walker, stmt);
		break;
	case STMT_SPAWN:
		walk_spawn(walker, stmt);
		break;
	case STMT_MOVE:
		walk_move(walker, stmt);
		break;
	case STMT_HOLD:
	case STMT_SLEEP:
	case STMT_AWAIT:
		use_expr(walker, stmt->simple.value);
		use_expr(walker, stmt->simple.second);
		walk_hold(walker, stmt->kind == STMT_HOLD ? stmt->simple.value : NULL, stmt->span);
		break;
	case STMT_EVERY:
		walk_hold(walker, stmt->body.second,
			  stmt->body.second ? stmt->body.second->span : stmt->span);
		walk_loop(walker, stmt);
		walker->unreleased = NULL;
		break;
	case STMT_TIMES:
	case STMT_FOR:
		walk_loop(walker, stmt);
		break;
	case STMT_IF:
		walk_if(walker, stmt);
		break;
	case STMT_NEEDS:
	case STMT_SKIP:
	case STMT_FAIL:
	case STMT_NOTE:
	case STMT_EXPECT:
		use_expr(walker, stmt->simple.value);
		use_expr(walker, stmt->simple.second);
		break;
	case STMT_LIMITS:
		check_limits(walker, stmt);
		break;
	}
}

/* Walks recurse: through calls, blocks nest deeper than their text does. */
enum { NESTING_MAX = 500 };

static void walk(struct walker *walker, struct stmt *first)
{
	if (first && walker->nesting == NESTING_MAX) {
		diag_report(walker->check->diags, DIAG_DEEP_CALLS, first->span,
			    "blocks and calls nest more than %d deep up to here", NESTING_MAX);
		return;
	}
	walker->nesting++;
	for (struct stmt *stmt = first; stmt; stmt = stmt->next)
		walk_stmt(walker, stmt);
	walker->nesting--;
}

void lifecycle_check(struct checker *check, struct stmt *scenario)
{
	struct walker walker = {.check = check, .depth = -1, .call = SPAN_NONE};
	walker.root.life.state = walker.host.life.state = LIFE_LIVE;
	walker.host.workers_owner = INT_MAX;
	walker.host.name = check->host;
	group_table_init(&walker.groups, check->tree->arena);
	/* Payloads are of the whole file, and every scenario begins without any. */
	for (struct stmt *stmt = check->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_PAYLOAD && stmt->body.symbol)
			stmt->body.symbol->life = (struct life){.state = LIFE_NEVER};
	}
	walk_owner(&walker, scenario->body.block.first, scenario->span);
	group_table_free(&walker.groups);
	VECTOR_FREE(&walker.created);
	VECTOR_FREE(&walker.runs);
	VECTOR_FREE(&walker.journal);
	VECTOR_FREE(&walker.outcomes);
}
