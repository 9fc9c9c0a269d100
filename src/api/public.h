/*
 * public: the public header as this repository's own code sees it: without a registry of its own.
 */
#ifndef KTSTR_API_PUBLIC_H
#define KTSTR_API_PUBLIC_H

#define KTSTR_NO_REGISTRY
#include "api/ktstr.h"

#include "base/cpuset.h"

_Static_assert(sizeof(struct ktstr_cpuset) == sizeof(struct cpuset), "the same words");

static inline const struct cpuset *public_set(const struct ktstr_cpuset *set)
{
	return (const struct cpuset *)set;
}

#endif
