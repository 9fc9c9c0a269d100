/* One FIFO queue for all CPUs, and a fault to choose: modes.h. */
#include "scx.h"

#include "modes.h"

char _license[] SEC("license") = "GPL";

enum { QUEUE = 1, JAIL = 2, CLOCK_MONOTONIC = 1 };

const volatile int mode = MODE_FIFO;

/* For the other half, once the kernel has let go of us. */
int exit_kind;
char exit_reason[128];
char exit_message[1024];
char exit_dump[DUMP_BYTES];

int victim; /* pid of the worker that starves */

/* Where each worker was first. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, int);
	__type(value, int);
} homes SEC(".maps");

static bool is_worker(struct task_struct *task)
{
	return task->comm[0] == 'k' && task->comm[1] == 't' && task->comm[2] == 's' &&
	       task->comm[3] == '-';
}

/* A CPU that was left idle with tasks waiting asks again only when it is kicked. */
struct alarm {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, struct alarm);
} alarms SEC(".maps");

__u64 open_until_ns;
int alarm_is_set;

static long kick(__u32 cpu, void *nothing)
{
	(void)nothing;
	scx_bpf_kick_cpu((__s32)cpu, 0);
	return 0;
}

static int on_alarm(void *map, int *key, struct bpf_timer *timer)
{
	(void)map;
	(void)key;
	open_until_ns = bpf_ktime_get_ns() + SLOW_FOR_NS;
	bpf_loop(scx_bpf_nr_cpu_ids(), kick, NULL, 0);
	bpf_timer_start(timer, SLOW_EVERY_NS, 0);
	return 0;
}

/* Not in init(): a program that may sleep can have no timer. */
static void set_alarm(void)
{
	int zero = 0;
	struct alarm *alarm = bpf_map_lookup_elem(&alarms, &zero);
	if (!alarm || __sync_lock_test_and_set(&alarm_is_set, 1))
		return;
	bpf_timer_init(&alarm->timer, &alarms, CLOCK_MONOTONIC);
	bpf_timer_set_callback(&alarm->timer, on_alarm);
	bpf_timer_start(&alarm->timer, 1, 0);
}

SEC("struct_ops/select_cpu")
__s32 BPF_PROG(select_cpu, struct task_struct *task, __s32 previous, __u64 flags)
{
	bool idle = false;
	__s32 cpu = scx_bpf_select_cpu_dfl(task, previous, flags, &idle);
	if (idle && mode == MODE_FIFO)
		scx_bpf_dsq_insert(task, SCX_DSQ_LOCAL, SCX_SLICE_NS, 0);
	return cpu;
}

static int home_of(struct task_struct *task)
{
	int pid = task->pid, cpu = scx_bpf_task_cpu(task);
	int *home = bpf_map_lookup_elem(&homes, &pid);
	if (home)
		return *home;
	bpf_map_update_elem(&homes, &pid, &cpu, BPF_ANY);
	return cpu;
}

SEC("struct_ops/enqueue")
void BPF_PROG(enqueue, struct task_struct *task, __u64 flags)
{
	__u64 queue = QUEUE;
	if (mode == MODE_SLOW)
		set_alarm();
	if (mode == MODE_STARVE && is_worker(task)) {
		if (!victim)
			victim = task->pid;
		if (victim == task->pid)
			queue = JAIL;
	}
	if (mode == MODE_STICK && is_worker(task))
		queue = SCX_DSQ_LOCAL_ON | (__u64)home_of(task);
	scx_bpf_dsq_insert(task, queue, SCX_SLICE_NS, flags);
}

SEC("struct_ops/dispatch")
void BPF_PROG(dispatch, __s32 cpu, struct task_struct *previous)
{
	if (mode != MODE_SLOW || bpf_ktime_get_ns() < open_until_ns)
		scx_bpf_dsq_move_to_local(QUEUE);
}

SEC("struct_ops/init")
__s32 BPF_PROG(init)
{
	__s32 error = scx_bpf_create_dsq(QUEUE, -1);
	return error ? error : scx_bpf_create_dsq(JAIL, -1);
}

SEC("struct_ops/exit")
void BPF_PROG(leave, struct scx_exit_info *info)
{
	bpf_probe_read_kernel_str(exit_reason, sizeof(exit_reason), info->reason);
	bpf_probe_read_kernel_str(exit_message, sizeof(exit_message), info->msg);
	bpf_probe_read_kernel_str(exit_dump, sizeof(exit_dump), info->dump);
	exit_kind = (int)info->kind;
}

#define OPS(called, patience_ms)                                                                   \
	{                                                                                          \
		.select_cpu = (void *)select_cpu, .enqueue = (void *)enqueue,                      \
		.dispatch = (void *)dispatch, .init = (void *)init, .exit = (void *)leave,         \
		.timeout_ms = patience_ms, .exit_dump_len = DUMP_BYTES, .name = called,            \
	}

SEC(".struct_ops")
struct sched_ext_ops test_ops = OPS("ktstr_test", 30000);

SEC(".struct_ops")
struct sched_ext_ops strict_ops = OPS("ktstr_strict", 3000);
