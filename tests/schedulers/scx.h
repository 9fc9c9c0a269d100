/*
 * The little of sched_ext that the test schedulers use, written by hand so that they are built
 * without a kernel's own BTF. Members are found by their names when a program is loaded
 * (preserve_access_index; libbpf does the same for the members of a struct_ops), so what is left
 * out here does not matter.
 */
#ifndef KTSTR_TESTS_SCX_H
#define KTSTR_TESTS_SCX_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cpumask;

struct task_struct {
	int pid;
	char comm[16];
};

/* Only its name counts: a member of another kind is not found. */
enum scx_exit_kind { SCX_EXIT_NONE };

struct scx_exit_info {
	enum scx_exit_kind kind;
	__s64 exit_code;
	const char *reason;
	char *msg;
	char *dump;
};

struct scx_init_task_args;

struct sched_ext_ops {
	__s32 (*select_cpu)(struct task_struct *, __s32, __u64);
	void (*enqueue)(struct task_struct *, __u64);
	void (*dispatch)(__s32, struct task_struct *);
	__s32 (*init)(void);
	void (*exit)(struct scx_exit_info *);
	__u64 flags;
	__u32 timeout_ms;
	__u32 exit_dump_len;
	char name[128];
};

#pragma clang attribute pop

/* enum scx_dsq_id_flags and enum scx_public_consts of Linux. */
#define SCX_DSQ_LOCAL    0x8000000000000002ULL
#define SCX_DSQ_LOCAL_ON 0xc000000000000000ULL
#define SCX_SLICE_NS     20000000ULL

extern __s32 scx_bpf_create_dsq(__u64 dsq, __s32 node) __ksym;
extern void scx_bpf_dsq_insert(struct task_struct *task, __u64 dsq, __u64 slice,
			       __u64 flags) __ksym;
extern bool scx_bpf_dsq_move_to_local(__u64 dsq) __ksym;
extern __s32 scx_bpf_select_cpu_dfl(struct task_struct *task, __s32 previous, __u64 flags,
				    bool *idle) __ksym;
extern void scx_bpf_kick_cpu(__s32 cpu, __u64 flags) __ksym;
extern __u32 scx_bpf_nr_cpu_ids(void) __ksym;
extern __s32 scx_bpf_task_cpu(const struct task_struct *task) __ksym;

#endif
