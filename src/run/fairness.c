/*
 * Fairness takes time: a balancer that evens out what it did in the first second has done its work.
 * A program that says `extend` lets workers which are about to be stopped go on, until the limits
 * of what needs a window in metrics.def hold or the time is up. They are judged by all of their
 * time.
 */
#include "run/vm.h"

static const int64_t LOOK_NS = 100000000;
static const int64_t COST_SHARE = 20; /* looks take at most one of so many parts of the time */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What came of it; `now` is empty when all hold. */
static void tell(struct vm *vm, int64_t from_ns, const struct text *before, const struct text *now)
{
	struct text text = {0};
	int64_t length_ns = vm_now(vm) - from_ns;
	struct event *event = vm_event(vm, "hold", -1);
	event->t_ns = from_ns - vm->start_ns;
	event->length_ns = length_ns;
	event->implied = true;
	text_printf(&text, "%s; so it went on for ", text_string(before));
	text_put_duration_short(&text, length_ns);
	text_printf(&text, ", until %s", now->length ? text_string(now) : "that was fair");
	const char *kept = result_text(vm->result, text_string(&text));
	VECTOR_PUSH(&vm->result->notes, kept);
	text_free(&text);
}

/* The texts are in the vm's hands: a wait may end the scenario. */
void fairness_wait(struct vm *vm, const int *workers, size_t count)
{
	if (vm->extend_ns <= 0 || !count || vm->ending || !vm->options->judge ||
	    vm->judging != JUDGING_ALL || vm->released_ns < 0 ||
	    judge_is_fair(vm, workers, count, &vm->unfair[0]))
		return;
	int64_t from_ns = vm_now(vm), look_ns = from_ns;
	int64_t until_ns = vm_later(from_ns, vm->extend_ns);
	bool fair = false;
	while (!fair && vm_now(vm) < until_ns) {
		int64_t pause = (vm_now(vm) - look_ns) * COST_SHARE;
		look_ns = vm_later(vm_now(vm), pause > LOOK_NS ? pause : LOOK_NS);
		vm_wait(vm, earlier(look_ns, until_ns));
		look_ns = vm_now(vm);
		fair = judge_is_fair(vm, workers, count, &vm->unfair[1]);
	}
	vm->extend_ns = until_ns - vm_now(vm);
	tell(vm, from_ns, &vm->unfair[0], &vm->unfair[1]);
}
