#include "run/vm.h"

/* Is there a limit in force on how late workers run? To draw a line would then be to disturb what
 * is measured. */
static bool must_be_still(const struct vm *vm)
{
	for (size_t i = 0; i < vm->limits.length; i++) {
		const struct limit_entry *limit = &vm->limits.data[i];
		if (limit->on && metric_table[limit->metric].latency)
			return true;
	}
	return false;
}

int64_t progress_due(const struct vm *vm)
{
	return vm->options->progress && !must_be_still(vm) ? vm->progress_ns : INT64_MAX;
}

void progress_look(struct vm *vm)
{
	struct run_progress *progress = vm->options->progress;
	int64_t now = vm_now(vm), longest = vm->options->longest_ns;
	if (!progress)
		return;
	if (must_be_still(vm)) {
		progress_end(vm);
		return;
	}
	if (now < vm->progress_ns)
		return;
	vm->progress_ns = vm_later(now, progress->every_ns);
	int64_t left = longest < 0 ? -1 : longest - (now - vm->start_ns);
	progress->show(progress, vm->result->name, vm->step, longest >= 0 && left < 0 ? 0 : left);
}

void progress_end(struct vm *vm)
{
	struct run_progress *progress = vm->options->progress;
	if (progress)
		progress->erase(progress);
	vm->progress_ns = 0;
}
