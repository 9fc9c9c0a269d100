/*
 * pages: on which memory nodes the pages of this process lie, and how many the kernel has moved
 * between nodes. Reads /proc; runs in the worker's process, when its work is over.
 */
#ifndef KTSTR_HOST_PAGES_H
#define KTSTR_HOST_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Has the machine more than one memory node? */
bool pages_have_nodes(void);

/* Add the pages of one line of numa_maps (proc(5)) to the counts by node, unless they are pages of
 * a file: libraries lie where somebody else read them first. What is beyond `nodes` is left out. */
void pages_count_line(const char *line, uint64_t *counts, size_t nodes);
/* The same for all lines of this process. Returns the sum, -1 where the kernel does not tell. */
int64_t pages_count(uint64_t *counts, size_t nodes);

/* Pages that NUMA balancing has moved: of this task where the kernel counts that, else in the whole
 * machine; -1 where it counts neither. Only differences mean anything. */
int64_t pages_moved(void);

#endif
