/*
 * wire: what a hook's library and the run say to each other. The library's functions (client.c,
 * client_setup.c) fill a request; it is answered by the run itself (serve.c), at once where the
 * hook was called in this process, or over a socket where it was called in a helper.
 *
 * Both sides may have been built at different times: whatever changes here, or in the structs of
 * ktstr.h, changes KTSTR_ABI. A message from a helper is not to be trusted: hooks may have written
 * all over its memory.
 */
#ifndef KTSTR_API_WIRE_H
#define KTSTR_API_WIRE_H

#include "api/public.h"
#include "base/text.h"

enum wire_verb {
	WIRE_CREATE,
	WIRE_REMOVE,
	WIRE_SET_CPUS, /* without a set: clear */
	WIRE_GET_CPUS,
	WIRE_COUNT_TASKS,
	WIRE_FREEZE,     /* a: frozen */
	WIRE_MOVE_TASKS, /* items: tids */
	WIRE_MOVE,       /* a: handle */
	WIRE_SPAWN,      /* text: the statement; value: handle */
	WIRE_RELEASE,
	WIRE_PROGRESS, /* a: handle; bytes: struct wire_progress of each */
	WIRE_STOP,     /* items: handles; bytes: struct ktstr_report of each worker */
	WIRE_SLEEP,    /* a: ns, b: a phase */
	WIRE_MAP,      /* text: path, a: key; value */
	WIRE_FIND,     /* a: status, text: message; value: verdict */
	WIRE_MERGE,    /* a: from, b: into, 0 a new one, -1 the result; value: into */
	WIRE_VERDICT,  /* a: verdict; value: status, bytes: text */
	WIRE_NOTE,
	WIRE_JUDGE, /* items: struct ktstr_report of each, more: expect, a: has checks, set; value: verdict */
	WIRE_BLOCK, /* text, more: expect; value: verdict */
	WIRE_VERBS
};

struct wire_progress {
	int64_t pid; /* 0: it was stopped */
	uint64_t units;
};

/* What a verb does not need is 0. Pointers are the asker's. */
struct wire_request {
	uint32_t verb;
	int64_t a;
	int64_t b;
	const char *text;
	const char *more;
	const struct ktstr_cpuset *set;
	const int64_t *items;
	size_t count;
};

struct wire_reply {
	bool fine;
	bool lacking; /* refused because this machine has no such thing */
	int64_t value;
	struct ktstr_cpuset set;
	struct text bytes; /* kept from reply to reply */
	char error[512];
};

struct ktstr_inside {
	/* Fills the reply; false when it was refused. */
	bool (*ask)(struct ktstr_inside *inside, const struct wire_request *request,
		    struct wire_reply *reply);
	struct wire_reply reply; /* the last one */
	struct ktstr_context *context;
	const struct ktstr_scenario *scenario; /* whose custom function is called, NULL: none */
	void *owner;                           /* of whoever answers */
};

/* Messages as bytes: put_ adds to `out`, get_ takes from `at` on and is false where a message ends
 * too early. Pointers that get_ gives point into the message. */
struct wire_reader {
	const char *at;
	const char *end;
	int64_t *items;          /* of the last request that was read; owned */
	struct ktstr_cpuset set; /* likewise */
};

void wire_put_number(struct text *out, int64_t number);
void wire_put_bytes(struct text *out, const void *bytes, size_t length);
void wire_put_string(struct text *out, const char *text); /* NULL, too */
void wire_put_request(struct text *out, const struct wire_request *request);
void wire_put_reply(struct text *out, const struct wire_reply *reply);
bool wire_get_number(struct wire_reader *reader, int64_t *number);
bool wire_get_bytes(struct wire_reader *reader, const char **bytes, size_t *length);
bool wire_get_string(struct wire_reader *reader, const char **text);
bool wire_get_request(struct wire_reader *reader, struct wire_request *request);
bool wire_get_reply(struct wire_reader *reader, struct wire_reply *reply);

/* A spawn; `workers` are made where the work gives no number (0: what the scenario says), in
 * `group` (NULL: that around it). */
void wire_put_spawn(struct text *text, const struct ktstr_work *work, int64_t workers,
		    const char *group);

#endif
