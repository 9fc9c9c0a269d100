/*
 * run: one scenario of a program on a host, from its first line to the last thing cleaned up.
 */
#ifndef KTSTR_RUN_RUN_H
#define KTSTR_RUN_RUN_H

#include "code/program.h"
#include "host/host.h"
#include "run/result.h"

/* What the command line says; it wins over the scenario. Negative: it does not say. */
struct run_options {
	int64_t duration_ns;
	int64_t settle_ns;
	int64_t workers;
	int64_t timeout_ns;
	int64_t patience_ns;          /* the timeout where neither says one; 0: none */
	const struct work *work_type; /* of swappable spawns, NULL: their own */
	uint64_t seed;
	int64_t sched_pid; /* of a scheduler that was there before the run, 0: none */
	const char *const *scheduler; /* its argv, for scenarios that name none; NULL: none */
	const char *flags;   /* that are on, "llc,borrow"; NULL: those that a scenario requires */
	const char *profile; /* the same as a profile's name, in place of `flags`; NULL: none */
	struct run_progress *progress; /* NULL: nobody wants to see it */
	int64_t longest_ns;      /* what a scenario is going to take at most, negative: not known */
	struct run_hooks *hooks; /* registered C functions, NULL: none */
	int64_t hook_timeout_ns;
	uint64_t turns; /* the most turns of all loops together, 0: any number */
	bool judge;     /* false on the planned host, whose workers do nothing */
	bool trace;     /* record events */
};

/* Somebody who looks on. Told at once when a scenario begins to wait and then every so often, but
 * not while a limit of latency is in force. */
struct run_progress {
	int64_t every_ns;
	/* `step` is "" outside of steps, left_ns negative where it is not known. */
	void (*show)(struct run_progress *, const char *scenario, const char *step,
		     int64_t left_ns);
	/* What was shown is no longer true; may come more than once. */
	void (*erase)(struct run_progress *);
};

struct vm;
union hook_value;
struct hook_result;

/* Where registered C functions come from. */
struct run_hooks {
	/* Is this extern registered, with this signature? */
	bool (*find)(struct run_hooks *, const struct hook *, struct error *);
	/* Call one that was found. What goes wrong ends the scenario, through vm_end(). */
	void (*call)(struct run_hooks *, struct vm *, const struct hook *, const union hook_value *,
		     struct hook_result *);
	/* The body of an `extern work` that was found. */
	const struct foreign_work *(*body)(struct run_hooks *, const struct hook *);
	/* A scenario is about to be cleaned up. */
	void (*end)(struct run_hooks *);
};

/* How long a hook may be silent, unless it is told otherwise. */
#define HOOK_TIMEOUT_NS INT64_C(10000000000)

/* Values of params from the command line, as text; checked against the program's params. */
struct param_value {
	const char *name;
	const char *text;
};

/* A param's new value, in the form that its type's literals have; *constant gets it. The string
 * of a string param is added to the program. */
bool run_set_param(struct program *program, const struct param_value *value, struct error *error);

/* A list such as "llc,borrow" as a mask, with all that those need; one that the program has not is
 * refused. */
bool run_read_flags(const struct program *program, const char *text, uint64_t *flags,
		    struct error *error);

bool run_has_param(const struct program *program, const char *name);

/* A time as the language writes it. */
bool run_read_duration(const char *text, int64_t *ns);

/* The longest that scenario `index` can take with these options, before anything is run; negative
 * when its bound holds for other values of params and settings only. */
int64_t run_bound_ns(const struct program *program, size_t index,
		     const struct run_options *options);

/* Give a new result the names of what it is of; with a profile it is "scenario/profile". */
void run_name_result(struct result *result, const struct scenario *scenario, const char *profile);

/* Run scenario `index` of a verified program. The result is filled whatever happens; when this
 * returns, everything that the scenario made on the host is gone, or its remains are a BROKEN. */
void run_scenario(const struct program *program, size_t index, struct host *host,
		  const struct run_options *options, struct result *result);

#endif
