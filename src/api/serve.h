/*
 * serve: answers what a hook asks of the run (wire.h), by the verbs of run/hook_verbs.h.
 */
#ifndef KTSTR_API_SERVE_H
#define KTSTR_API_SERVE_H

#include "api/wire.h"
#include "run/hook_verbs.h"

/* Fills the reply; its `bytes` are the caller's to free. Takes any request that could be read. */
void serve(struct vm *vm, const struct wire_request *request, struct wire_reply *reply);

#endif
