#ifndef QUARRY_MULTIVERSION_H
#define QUARRY_MULTIVERSION_H

/// Compiles a function once for each instruction set worth having and picks one when the library loads.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define QUARRY_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define QUARRY_MULTIVERSION
#endif

#define QUARRY_INLINE static inline __attribute__((always_inline))

/// Independent partial sums of a reduction: one AVX-512 register, two AVX2 ones, four of NEON.
#define QUARRY_LANES 16

/// The lanes folded pairwise, always in the same order.
QUARRY_INLINE float quarry_fold_sum(float *lanes) {
    for (int width = QUARRY_LANES / 2; width > 0; width /= 2)
        for (int j = 0; j < width; j++) lanes[j] += lanes[j + width];
    return lanes[0];
}

#endif
