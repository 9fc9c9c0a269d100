/*
 * vm: what the parts of `ktstr vm` share: its own options, the topologies that it boots, and what a
 * machine is given.
 */
#ifndef KTSTR_TOOL_VM_H
#define KTSTR_TOOL_VM_H

#include "tool/session.h"
#include "vm/machine.h"

enum vm_accel { VM_ACCEL_AUTO, VM_ACCEL_KVM, VM_ACCEL_TCG };

struct vm_options {
	const char *kernel;
	enum vm_accel accel;
	int64_t memory_bytes; /* 0: what the topology needs */
	int64_t memory_nodes; /* that have no CPUs */
	int64_t jobs;         /* machines at once; 0: what this one has room for */
	int64_t boot_timeout_ns;
	VECTOR(const char *) includes;
};

struct vm_topology {
	const char *given;
	struct topology topology;
	struct machine_shape shape;
};

/* The initramfs for one topology as a descriptor; -1 on failure. */
int vm_pack(const struct session *session, const struct vm_options *options,
	    const struct topology *topology, struct error *error);

/* Boot them all, print what they say, and a table if there are several; the exit code. */
int vm_run(struct session *session, const struct vm_options *options,
	   const struct vm_topology *topologies, size_t count, int kernel_fd);

/* `ktstr vm kernel …` */
int vm_kernel_main(int count, char **arguments);
/* The kernel fetched last; false if there is none. */
bool vm_kernel_newest(struct text *path);

#endif
