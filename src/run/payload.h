/*
 * payload: declared programs while a scenario runs: started, waited for, ended, and judged by what
 * they declare.
 */
#ifndef KTSTR_RUN_PAYLOAD_H
#define KTSTR_RUN_PAYLOAD_H

#include "run/vm.h"

/* RUN: start the payload told at `args`; the run's number. */
int payload_start(struct vm *vm, const uint32_t *args);
/* WAIT: until it ends; beyond `timeout_ns` (-1: its own) it is killed, and that is a failure. */
void payload_wait(struct vm *vm, int run, int64_t timeout_ns);
/* KILL, and the end of its block. */
void payload_end(struct vm *vm, int run, bool implied);
/* End those that are in a group which is about to go. */
void payload_end_in(struct vm *vm, int path);

/* The number that `path` tells in an output: of JSON, the value at a path of keys and positions
 * joined by dots; of text, what the first parentheses of a regular expression match. */
bool payload_find_figure(enum payload_output kind, const char *path, const struct text *output,
			 double *value);

#endif
