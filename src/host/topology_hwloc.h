/*
 * topology_hwloc: what hwloc knows, as the plain data of topology.h. Knows hwloc and its quirks;
 * hides them: no other file includes hwloc.h.
 *
 * Each fills `all`, the sets and their counts, in hwloc's order and without a name; topology.c
 * sorts, derives the rest, and frees. On an error the sets may be filled in part.
 */
#ifndef KTSTR_HOST_TOPOLOGY_HWLOC_H
#define KTSTR_HOST_TOPOLOGY_HWLOC_H

#include "host/topology.h"

/* The CPUs and nodes that are online, allowed by our cgroup and in our affinity mask. */
bool topology_hwloc_machine(struct topology *topology, struct error *error);
bool topology_hwloc_xml(struct topology *topology, const char *path, struct error *error);
/* ERROR_REFUSED with errno EINVAL when `text` is no synthetic description at all. */
bool topology_hwloc_synthetic(struct topology *topology, const char *text, struct error *error);

#endif
