#define _GNU_SOURCE
#include "quarry_limits.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>

int quarry_limit_memory(pid_t child, uint64_t bytes) {
#ifdef __linux__
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return prlimit(child, RLIMIT_AS, &limit, NULL) == 0 ? 0 : errno;
#else
    (void)child;
    (void)bytes;
    return ENOSYS;
#endif
}
