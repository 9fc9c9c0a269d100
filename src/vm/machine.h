/*
 * machine: one virtual machine, from power-on to its end: QEMU as a process of ours. Starts it with
 * the processors, caches and memory nodes of a topology, reads its console and its frames, ends it.
 * What the frames mean is not known here.
 *
 * QEMU reads kernel and initramfs from descriptors, so nothing of a machine lies in a folder; it
 * dies with this process (PR_SET_PDEATHSIG), and a signal of the terminal does not reach it.
 */
#ifndef KTSTR_VM_MACHINE_H
#define KTSTR_VM_MACHINE_H

#include "base/error.h"
#include "base/text.h"
#include "vm/wire.h"

#include <sys/types.h>

#define MACHINE_PROGRAM "qemu-system-x86_64"

/* A regular topology, as its label says, and nodes that have memory only. */
struct machine_shape {
	int nodes;
	int llcs;  /* in all */
	int cores; /* per LLC */
	int threads;
	int memory_nodes;
	int64_t memory_bytes; /* of all nodes together */
};

enum machine_accel { MACHINE_KVM, MACHINE_TCG };

struct machine {
	pid_t pid;      /* 0: none runs */
	int process_fd; /* readable when QEMU has ended */
	int console_fd;
	int port_fd;
	int status;          /* as of wait(2), once it has ended */
	struct text console; /* the last of it */
	struct text arrived; /* of frames, from `taken` on */
	size_t taken;
};

/* Memory that a shape gets when nobody says how much. */
int64_t machine_memory(const struct machine_shape *shape);

/* False, with the reason: this QEMU cannot be asked for such a machine. */
bool machine_can(const struct machine_shape *shape, enum machine_accel accel, struct error *error);

bool machine_start(struct machine *machine, const struct machine_shape *shape,
		   enum machine_accel accel, int kernel_fd, int initramfs_fd, struct error *error);
/* Read what there is to read, without waiting. */
void machine_read(struct machine *machine);
/* The next frame; good until the next call of machine_read(). */
bool machine_take(struct machine *machine, struct wire_frame *frame, bool *garbled);
/* Has QEMU ended? Reaps it. */
bool machine_ended(struct machine *machine);
/* End it now if it runs, and give back everything but what it said. */
void machine_stop(struct machine *machine);
void machine_free(struct machine *machine);
/* The last lines of its console that are worth a look, for people; each begins a line. */
void machine_put_tail(const struct machine *machine, int lines, struct text *out);

#endif
