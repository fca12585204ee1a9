/// Limits of other processes, which glibc declares for C alone.
#ifndef QUARRY_LIMITS_H
#define QUARRY_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

/// Limits the address space of a running child.
///
/// Returns 0, or the error number: ESRCH if the child has ended, ENOSYS where a process cannot limit another.
int quarry_limit_memory(pid_t child, uint64_t bytes);

#endif
