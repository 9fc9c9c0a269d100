/*
 * client: what the files of the library's side share. All of it runs in the hook's process and
 * keeps nothing but the context.
 */
#ifndef KTSTR_API_CLIENT_H
#define KTSTR_API_CLIENT_H

#include "api/wire.h"
#include "base/arena.h"

/* Ask, and look at the reply, which is good until the next. */
struct wire_reply *client_ask(struct ktstr_context *ctx, const struct wire_request *request);
/* A refusal of the library's own; false. */
bool client_refuse(struct ktstr_context *ctx, const char *message);
/* A request whose answer is a verdict. */
struct ktstr_verdict client_verdict(struct ktstr_context *ctx, const struct wire_request *request);

#endif
