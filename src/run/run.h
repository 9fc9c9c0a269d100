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
	int64_t patience_ns; /* the timeout where neither says one; 0: none */
	uint64_t seed;
	int64_t sched_pid; /* 0: none */
	uint64_t turns;    /* the most turns of all loops together, 0: any number */
	bool judge;        /* false on the planned host, whose workers do nothing */
	bool trace;        /* record events */
};

/* Values of params from the command line, as text; checked against the program's params. */
struct param_value {
	const char *name;
	const char *text;
};

/* A param's new value, in the form that its type's literals have; *constant gets it. The string
 * of a string param is added to the program. */
bool run_set_param(struct program *program, const struct param_value *value, struct error *error);

bool run_has_param(const struct program *program, const char *name);

/* A time as the language writes it. */
bool run_read_duration(const char *text, int64_t *ns);

/* Run scenario `index` of a verified program. The result is filled whatever happens; when this
 * returns, everything that the scenario made on the host is gone, or its remains are a BROKEN. */
void run_scenario(const struct program *program, size_t index, struct host *host,
		  const struct run_options *options, struct result *result);

#endif
