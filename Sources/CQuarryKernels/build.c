#include "quarry_kernels.h"

const char *quarry_commit(void) { return QUARRY_COMMIT; }

const char *quarry_instruction_set(void) {
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return "x86-64 AVX-512";
    if (__builtin_cpu_supports("x86-64-v3")) return "x86-64 AVX2";
    return "x86-64";
#elif defined(__x86_64__)
    return "x86-64";
#elif defined(__aarch64__)
    return "arm64";
#else
    return "portable";
#endif
}
