#include "multiversion.h"
#include "quarry_kernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define QUARRY_X86 1
#include <immintrin.h>
#endif

// What is stored must not depend on the processor: no sum of a product is rounded once here and twice elsewhere.
#pragma STDC FP_CONTRACT OFF

// Hadamard's matrix over a power of two, without its factor.
QUARRY_INLINE void hadamard(float *x, size_t count) {
    for (size_t half = 1; half < count; half *= 2)
        for (size_t i = 0; i < count; i += 2 * half)
            for (size_t j = i; j < i + half; j++) {
                const float a = x[j], b = x[j + half];
                x[j] = a + b;
                x[j + half] = a - b;
            }
}

QUARRY_MULTIVERSION
void quarry_rotate(float *restrict x, size_t columns, const uint32_t *restrict signs) {
    size_t part = 1;
    while (2 * part <= columns) part *= 2;
    const float factor = 1.0f / sqrtf((float)part);
    for (int round = 0; round < QUARRY_ROTATION_ROUNDS; round++, signs += columns) {
        for (size_t i = 0; i < columns; i++) {
            uint32_t bits;
            memcpy(&bits, x + i, sizeof bits);
            bits ^= signs[i];
            memcpy(x + i, &bits, sizeof bits);
        }
        float *first = x + (round % 2 == 0 ? 0 : columns - part);
        hadamard(first, part);
        for (size_t i = 0; i < part; i++) first[i] *= factor;
    }
}

QUARRY_MULTIVERSION
void quarry_code_sums(const float *restrict x, size_t columns, double *squares, double *magnitudes) {
    double square[QUARRY_LANES] = {0}, magnitude[QUARRY_LANES] = {0};
    for (size_t i = 0; i < columns; i += QUARRY_LANES)
        for (int j = 0; j < QUARRY_LANES; j++) {
            const double v = x[i + j];
            const double product = v * v;
            square[j] += product;
            magnitude[j] += fabs(v);
        }
    for (int width = QUARRY_LANES / 2; width > 0; width /= 2)
        for (int j = 0; j < width; j++) {
            square[j] += square[j + width];
            magnitude[j] += magnitude[j + width];
        }
    *squares = square[0];
    *magnitudes = magnitude[0];
}

void quarry_code_write_signs(uint8_t *group, size_t columns, size_t slot, const float *x) {
    const int shift = slot < 16 ? 0 : 4;
    uint8_t *byte = group + slot % 16;
    for (size_t i = 0; i < columns; i += 4, byte += 16) {
        unsigned nibble = 0;
        for (int j = 0; j < 4; j++) nibble |= (x[i + j] >= 0.0f ? 1u : 0u) << j;
        *byte = (uint8_t)((*byte & (0xf0 >> shift)) | nibble << shift);
    }
}

void quarry_code_copy_signs(
    const uint8_t *from, size_t from_slot, uint8_t *to, size_t to_slot, size_t columns
) {
    const int from_shift = from_slot < 16 ? 0 : 4, to_shift = to_slot < 16 ? 0 : 4;
    from += from_slot % 16;
    to += to_slot % 16;
    for (size_t i = 0; i < columns; i += 4, from += 16, to += 16)
        *to = (uint8_t)((*to & (0xf0 >> to_shift)) | (*from >> from_shift & 15) << to_shift);
}

// The sums of one group of 32 rows: for each row the table entries of its nibbles.
static void sums_plain(const uint8_t *codes, size_t tables, const uint8_t *table, uint16_t *sums) {
    memset(sums, 0, 32 * sizeof *sums);
    for (size_t t = 0; t < tables; t++, codes += 16, table += 16)
        for (int row = 0; row < 16; row++) {
            sums[row] = (uint16_t)(sums[row] + table[codes[row] & 15]);
            sums[row + 16] = (uint16_t)(sums[row + 16] + table[codes[row] >> 4]);
        }
}

#ifdef QUARRY_X86
__attribute__((target("avx2"))) static inline void store_sums(__m256i all, __m256i odd, uint16_t *sums) {
    // `all` holds the even bytes plus 256 times the odd ones.
    const __m256i even = _mm256_sub_epi16(all, _mm256_slli_epi16(odd, 8));
    const __m128i e = _mm_add_epi16(_mm256_castsi256_si128(even), _mm256_extracti128_si256(even, 1));
    const __m128i o = _mm_add_epi16(_mm256_castsi256_si128(odd), _mm256_extracti128_si256(odd, 1));
    _mm_storeu_si128((__m128i *)sums, _mm_unpacklo_epi16(e, o));
    _mm_storeu_si128((__m128i *)(sums + 8), _mm_unpackhi_epi16(e, o));
}

__attribute__((target("avx2"))) static void sums_avx2(
    const uint8_t *codes, size_t tables, const uint8_t *table, uint16_t *sums
) {
    const __m256i low = _mm256_set1_epi8(15);
    __m256i all0 = _mm256_setzero_si256(), odd0 = all0, all1 = all0, odd1 = all0;
    for (size_t t = 0; t < tables; t += 2, codes += 32, table += 32) {
        const __m256i c = _mm256_loadu_si256((const __m256i *)codes);
        const __m256i entries = _mm256_loadu_si256((const __m256i *)table);
        const __m256i r0 = _mm256_shuffle_epi8(entries, _mm256_and_si256(c, low));
        const __m256i r1 = _mm256_shuffle_epi8(entries, _mm256_and_si256(_mm256_srli_epi16(c, 4), low));
        all0 = _mm256_add_epi16(all0, r0);
        odd0 = _mm256_add_epi16(odd0, _mm256_srli_epi16(r0, 8));
        all1 = _mm256_add_epi16(all1, r1);
        odd1 = _mm256_add_epi16(odd1, _mm256_srli_epi16(r1, 8));
    }
    store_sums(all0, odd0, sums);
    store_sums(all1, odd1, sums + 16);
}

__attribute__((target("avx512f,avx512bw,avx2"))) static void sums_avx512(
    const uint8_t *codes, size_t tables, const uint8_t *table, uint16_t *sums
) {
    const __m512i low = _mm512_set1_epi8(15);
    __m512i all0 = _mm512_setzero_si512(), odd0 = all0, all1 = all0, odd1 = all0;
    for (size_t t = 0; t < tables; t += 4, codes += 64, table += 64) {
        const __m512i c = _mm512_loadu_si512(codes);
        const __m512i entries = _mm512_loadu_si512(table);
        const __m512i r0 = _mm512_shuffle_epi8(entries, _mm512_and_si512(c, low));
        const __m512i r1 = _mm512_shuffle_epi8(entries, _mm512_and_si512(_mm512_srli_epi16(c, 4), low));
        all0 = _mm512_add_epi16(all0, r0);
        odd0 = _mm512_add_epi16(odd0, _mm512_srli_epi16(r0, 8));
        all1 = _mm512_add_epi16(all1, r1);
        odd1 = _mm512_add_epi16(odd1, _mm512_srli_epi16(r1, 8));
    }
    store_sums(
        _mm256_add_epi16(_mm512_castsi512_si256(all0), _mm512_extracti64x4_epi64(all0, 1)),
        _mm256_add_epi16(_mm512_castsi512_si256(odd0), _mm512_extracti64x4_epi64(odd0, 1)), sums);
    store_sums(
        _mm256_add_epi16(_mm512_castsi512_si256(all1), _mm512_extracti64x4_epi64(all1, 1)),
        _mm256_add_epi16(_mm512_castsi512_si256(odd1), _mm512_extracti64x4_epi64(odd1, 1)), sums + 16);
}
#endif

int quarry_code_kernel_available(quarry_code_kernel kernel) {
#ifdef QUARRY_X86
    __builtin_cpu_init();
    if (kernel == QUARRY_CODES_AVX2) return __builtin_cpu_supports("avx2") != 0;
    if (kernel == QUARRY_CODES_AVX512) return __builtin_cpu_supports("avx512bw") != 0;
#endif
    return kernel == QUARRY_CODES_PLAIN;
}

quarry_code_kernel quarry_code_best_kernel(void) {
    if (quarry_code_kernel_available(QUARRY_CODES_AVX512)) return QUARRY_CODES_AVX512;
    return quarry_code_kernel_available(QUARRY_CODES_AVX2) ? QUARRY_CODES_AVX2 : QUARRY_CODES_PLAIN;
}

// The bounds of 32 rows; whether one of the upper ones reaches the threshold.
QUARRY_MULTIVERSION
static int bounds(
    const uint16_t *restrict sums, const float *restrict factors, const quarry_code_query *restrict query,
    float threshold, float *restrict lower, float *restrict upper
) {
    const float *offset = factors, *scale = factors + 32, *error = factors + 64;
    int any = 0;
    for (int i = 0; i < 32; i++) {
        const float product = query->step * (float)sums[i] + query->base;
        const float estimate = query->center + offset[i] + scale[i] * product;
        const float width = error[i] * query->row_error + scale[i] * query->table_error + query->slack;
        lower[i] = estimate - width;
        upper[i] = estimate + width;
        any |= upper[i] >= threshold;
    }
    return any;
}

size_t quarry_scan_codes(
    quarry_code_kernel kernel, const uint8_t *groups, size_t rows, size_t columns, const uint32_t *members,
    const quarry_code_query *query, float threshold, uint32_t *found, float *lower, float *upper
) {
    const size_t tables = columns / 4, size = QUARRY_CODE_GROUP_BYTES(columns);
    size_t count = 0;
    for (size_t first = 0; first < rows; first += 32, groups += size) {
        const size_t left = rows - first;
        uint32_t wanted = left < 32 ? (1u << left) - 1 : 0xffffffffu;
        if (members != NULL) wanted &= members[first / 32];
        if (wanted == 0) continue;
        uint16_t sums[32];
#ifdef QUARRY_X86
        if (kernel == QUARRY_CODES_AVX512) sums_avx512(groups, tables, query->tables, sums);
        else if (kernel == QUARRY_CODES_AVX2) sums_avx2(groups, tables, query->tables, sums);
        else
#endif
            sums_plain(groups, tables, query->tables, sums);
        float factors[96], low[32], high[32];
        memcpy(factors, groups + columns * 4, sizeof factors);
        if (!bounds(sums, factors, query, threshold, low, high)) continue;
        for (int i = 0; i < 32; i++) {
            if (!(high[i] >= threshold) || !(wanted >> i & 1)) continue;
            found[count] = (uint32_t)first + (uint32_t)i;
            lower[count] = low[i];
            upper[count] = high[i];
            count++;
        }
    }
    return count;
}
