/*
 * wire: what a guest says to its host over the virtio-serial port, as frames. Both sides are the
 * same program, so there is one version; the host still trusts nothing that arrives.
 */
#ifndef KTSTR_VM_WIRE_H
#define KTSTR_VM_WIRE_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* The port's name, as /sys/class/virtio-ports tells it. */
#define WIRE_PORT "ktstr.results"

enum wire_kind {
	WIRE_HELLO = 'h',   /* userspace is up, the program is about to start */
	WIRE_OUTPUT = 'o',  /* a part of its standard output */
	WIRE_ERRORS = 'e',  /* likewise of its standard error */
	WIRE_STATUS = 's',  /* lines of progress: see session.h */
	WIRE_REPORT = 'r',  /* a byte: which report; then a part of it */
	WIRE_BEAT = 'b',    /* still alive; nothing in it */
	WIRE_TROUBLE = 't', /* why the program could not be started */
	WIRE_EXIT = 'x',    /* the last one: the program's status as of wait(2), four bytes */
};

enum { WIRE_LENGTH_MAX = 32768 };

struct wire_frame {
	enum wire_kind kind;
	const char *bytes;
	size_t length;
};

/* Append a frame of at most WIRE_LENGTH_MAX bytes. */
void wire_put(struct text *out, enum wire_kind kind, const void *bytes, size_t length);

/* Take the first frame of what has arrived: its bytes stay where they are, *used says how many to
 * drop. False when it is not whole yet; then *garbled says whether it never will be. */
bool wire_take(const char *arrived, size_t length, struct wire_frame *frame, size_t *used,
	       bool *garbled);

#endif
