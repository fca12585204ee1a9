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
    // Four entries fit a byte.
    for (size_t t = 0; t < tables; t += 8, codes += 128, table += 128) {
        __m256i r0 = _mm256_setzero_si256(), r1 = r0;
        for (int i = 0; i < 128; i += 32) {
            const __m256i c = _mm256_loadu_si256((const __m256i *)(codes + i));
            const __m256i entries = _mm256_loadu_si256((const __m256i *)(table + i));
            r0 = _mm256_add_epi8(r0, _mm256_shuffle_epi8(entries, _mm256_and_si256(c, low)));
            r1 = _mm256_add_epi8(
                r1, _mm256_shuffle_epi8(entries, _mm256_and_si256(_mm256_srli_epi16(c, 4), low)));
        }
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
    const size_t ahead = QUARRY_CODE_GROUP_BYTES(4 * tables);
    const __m512i low = _mm512_set1_epi8(15);
    __m512i all0 = _mm512_setzero_si512(), odd0 = all0, all1 = all0, odd1 = all0;
    for (size_t t = 0; t < tables; t += 16, codes += 256, table += 256) {
        __m512i r0 = _mm512_setzero_si512(), r1 = r0;
        for (int i = 0; i < 256; i += 64) {
            // The next group comes from a farther cache: the processor asks for it too late by itself.
            _mm_prefetch((const char *)((uintptr_t)codes + ahead + i), _MM_HINT_T0);
            const __m512i c = _mm512_loadu_si512(codes + i);
            const __m512i entries = _mm512_loadu_si512(table + i);
            r0 = _mm512_add_epi8(r0, _mm512_shuffle_epi8(entries, _mm512_and_si512(c, low)));
            r1 = _mm512_add_epi8(
                r1, _mm512_shuffle_epi8(entries, _mm512_and_si512(_mm512_srli_epi16(c, 4), low)));
        }
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

QUARRY_MULTIVERSION
void quarry_code_write_magnitudes(
    uint8_t *restrict fine, size_t columns, const float *restrict x, float steps, double *product, double *squares
) {
    // Integers and doubles: the order of the sums is fixed, and those of the integers are exact.
    uint64_t square = 0;
    double lanes[QUARRY_LANES] = {0};
    for (size_t first = 0; first < columns; first += 64, fine += 16)
        for (size_t j = 0; j < 16; j++) {
            unsigned byte = 0;
            for (int k = 0; k < 4; k++) {
                const float magnitude = fabsf(x[first + 16 * (size_t)k + j]);
                const float scaled = magnitude * steps;
                const unsigned m = scaled >= 3.0f ? 3u : (unsigned)scaled;
                const unsigned w = 2 * m + 1;
                byte |= m << 2 * k;
                square += w * w;
                const double term = (double)magnitude * w;
                lanes[j] += term;
            }
            fine[j] = (uint8_t)byte;
        }
    for (int width = QUARRY_LANES / 2; width > 0; width /= 2)
        for (int j = 0; j < width; j++) lanes[j] += lanes[j + width];
    *product = lanes[0];
    *squares = (double)square;
}

// The signs of 64 columns of a row, one bit for each column.
static inline uint64_t row_signs(const uint8_t *codes, size_t slot) {
    const int shift = slot < 16 ? 0 : 4;
    uint64_t signs = 0;
    codes += slot % 16;
    for (int i = 0; i < 16; i++) signs |= (uint64_t)(codes[16 * i] >> shift & 15) << 4 * i;
    return signs;
}

static int32_t fine_plain(
    const uint8_t *codes, size_t slot, const uint8_t *fine, size_t columns, const int8_t *query
) {
    int32_t sum = 0;
    for (size_t first = 0; first < columns; first += 64, codes += 256, fine += 16, query += 64) {
        const uint64_t signs = row_signs(codes, slot);
        for (int i = 0; i < 64; i++) {
            const int32_t w = 2 * (fine[i % 16] >> 2 * (i / 16) & 3) + 1;
            sum += (signs >> i & 1) != 0 ? w * query[i] : -w * query[i];
        }
    }
    return sum;
}

#ifdef QUARRY_X86
__attribute__((target("avx2"))) static int32_t fine_avx2(
    const uint8_t *codes, size_t slot, const uint8_t *fine, size_t columns, const int8_t *query
) {
    const __m256i three = _mm256_set1_epi8(3), one = _mm256_set1_epi8(1), zero = _mm256_setzero_si256();
    const __m256i first_shift = _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2);
    const __m256i second_shift = _mm256_setr_epi32(4, 4, 4, 4, 6, 6, 6, 6);
    const __m256i spread = _mm256_setr_epi8(
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bits = _mm256_set1_epi64x((long long)0x8040201008040201ull);
    __m256i sum = zero;
    for (size_t first = 0; first < columns; first += 64, codes += 256, fine += 16, query += 64) {
        const uint64_t signs = row_signs(codes, slot);
        const __m256i v = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)fine));
        for (int half = 0; half < 2; half++) {
            const __m256i shifted = _mm256_srlv_epi32(v, half == 0 ? first_shift : second_shift);
            const __m256i m = _mm256_and_si256(shifted, three);
            const __m256i w = _mm256_or_si256(_mm256_add_epi8(m, m), one);
            const __m256i word = _mm256_set1_epi32((int)(uint32_t)(signs >> 32 * half));
            const __m256i set = _mm256_and_si256(_mm256_shuffle_epi8(word, spread), bits);
            const __m256i sign = _mm256_or_si256(_mm256_cmpeq_epi8(set, zero), one);
            const __m256i q = _mm256_loadu_si256((const __m256i *)(query + 32 * half));
            const __m256i products = _mm256_maddubs_epi16(w, _mm256_sign_epi8(q, sign));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(products, _mm256_set1_epi16(1)));
        }
    }
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
}
#endif

int32_t quarry_fine_product(
    quarry_code_kernel kernel, const uint8_t *group, size_t slot, const uint8_t *fine, size_t columns,
    const int8_t *query
) {
#ifdef QUARRY_X86
    if (kernel != QUARRY_CODES_PLAIN) return fine_avx2(group, slot, fine, columns, query);
#endif
    (void)kernel;
    return fine_plain(group, slot, fine, columns, query);
}

void quarry_code_prefetch(const uint8_t *group, size_t slot, const uint8_t *fine, size_t columns) {
#if defined(__GNUC__) || defined(__clang__)
    for (size_t i = slot % 16; i < 4 * columns; i += 64) __builtin_prefetch(group + i);
    for (size_t i = 0; i < columns / 4; i += 64) __builtin_prefetch(fine + i);
#else
    (void)group, (void)slot, (void)fine, (void)columns;
#endif
}

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

// An address beyond the last group is only a hint, and no pointer.
static inline void quarry_prefetch(uintptr_t start, size_t count) {
#if defined(__GNUC__) || defined(__clang__)
    for (size_t i = 0; i < count; i += 64) __builtin_prefetch((const void *)(start + i));
#else
    (void)start, (void)count;
#endif
}

QUARRY_MULTIVERSION
void quarry_code_tables(
    const float *restrict x, size_t columns, float step, float largest, uint8_t *restrict tables
) {
    const float scale = 2.0f / step;
    for (size_t first = 0; first < columns; first += 4, tables += 16) {
        // A column adds nothing with the sign that makes it negative, else twice its magnitude. The half rounds.
        float sums[16];
        for (int i = 0; i < 16; i++) sums[i] = 0.5f;
        for (int bit = 0; bit < 4; bit++) {
            const float twice = fabsf(x[first + (size_t)bit]) * scale;
            const int positive = x[first + (size_t)bit] >= 0.0f;
            for (int i = 0; i < 16; i++) sums[i] += (i >> bit & 1) == positive ? twice : 0.0f;
        }
        for (int i = 0; i < 16; i++) tables[i] = (uint8_t)(sums[i] < largest ? sums[i] : largest);
    }
}

// The upper bounds of 32 rows, and a bit for each that reaches the threshold.
static uint32_t bounds_plain(
    const uint16_t *restrict sums, const float *restrict factors, const quarry_code_query *restrict query,
    float threshold, float *restrict upper
) {
    const float *offset = factors, *scale = factors + 32, *error = factors + 64;
    const float base = query->base + query->table_error, start = query->center + query->slack;
    uint32_t reached = 0;
    for (int i = 0; i < 32; i++) {
        const float product = query->step * (float)sums[i] + base;
        upper[i] = (start + offset[i] + scale[i] * product) + error[i] * query->row_error;
        reached |= (upper[i] >= threshold ? 1u : 0u) << i;
    }
    return reached;
}

#ifdef QUARRY_X86
// The same operations in the same order.
__attribute__((target("avx2"))) static uint32_t bounds_avx2(
    const uint16_t *sums, const float *factors, const quarry_code_query *query, float threshold, float *upper
) {
    const __m256 step = _mm256_set1_ps(query->step), base = _mm256_set1_ps(query->base + query->table_error);
    const __m256 start = _mm256_set1_ps(query->center + query->slack), limit = _mm256_set1_ps(threshold);
    const __m256 row_error = _mm256_set1_ps(query->row_error);
    uint32_t reached = 0;
    for (int i = 0; i < 32; i += 8) {
        const __m256 sum = _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(sums + i))));
        const __m256 offset = _mm256_loadu_ps(factors + i), scale = _mm256_loadu_ps(factors + 32 + i);
        const __m256 error = _mm256_loadu_ps(factors + 64 + i);
        const __m256 product = _mm256_add_ps(_mm256_mul_ps(step, sum), base);
        const __m256 estimate = _mm256_add_ps(_mm256_add_ps(start, offset), _mm256_mul_ps(scale, product));
        const __m256 high = _mm256_add_ps(estimate, _mm256_mul_ps(error, row_error));
        _mm256_storeu_ps(upper + i, high);
        reached |= (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(high, limit, _CMP_GE_OQ)) << i;
    }
    return reached;
}

__attribute__((target("avx512f,avx512bw,avx2"))) static uint32_t bounds_avx512(
    const uint16_t *sums, const float *factors, const quarry_code_query *query, float threshold, float *upper
) {
    const __m512 step = _mm512_set1_ps(query->step), base = _mm512_set1_ps(query->base + query->table_error);
    const __m512 start = _mm512_set1_ps(query->center + query->slack), limit = _mm512_set1_ps(threshold);
    const __m512 row_error = _mm512_set1_ps(query->row_error);
    uint32_t reached = 0;
    for (int i = 0; i < 32; i += 16) {
        const __m512 sum = _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(sums + i))));
        const __m512 offset = _mm512_loadu_ps(factors + i), scale = _mm512_loadu_ps(factors + 32 + i);
        const __m512 error = _mm512_loadu_ps(factors + 64 + i);
        const __m512 product = _mm512_add_ps(_mm512_mul_ps(step, sum), base);
        const __m512 estimate = _mm512_add_ps(_mm512_add_ps(start, offset), _mm512_mul_ps(scale, product));
        const __m512 high = _mm512_add_ps(estimate, _mm512_mul_ps(error, row_error));
        _mm512_storeu_ps(upper + i, high);
        reached |= (uint32_t)_mm512_cmp_ps_mask(high, limit, _CMP_GE_OQ) << i;
    }
    return reached;
}
#endif

size_t quarry_scan_codes(
    quarry_code_kernel kernel, const uint8_t *groups, size_t rows, size_t columns, const uint32_t *members,
    const quarry_code_query *query, float threshold, uint32_t *found, float *estimates, float *upper
) {
    const size_t tables = columns / 4, size = QUARRY_CODE_GROUP_BYTES(columns);
    size_t count = 0;
    for (size_t first = 0; first < rows; first += 32, groups += size) {
        const size_t left = rows - first;
        uint32_t wanted = left < 32 ? (1u << left) - 1 : 0xffffffffu;
        if (members != NULL) wanted &= members[first / 32];
        if (wanted == 0) continue;
        const float *factors = (const float *)(const void *)(groups + columns * 4);
        uint16_t sums[32];
        float high[32];
#ifdef QUARRY_X86
        if (kernel == QUARRY_CODES_AVX512) {
            sums_avx512(groups, tables, query->tables, sums);
            quarry_prefetch((uintptr_t)groups + size + columns * 4, size - columns * 4);
            wanted &= bounds_avx512(sums, factors, query, threshold, high);
        } else if (kernel == QUARRY_CODES_AVX2) {
            sums_avx2(groups, tables, query->tables, sums);
            wanted &= bounds_avx2(sums, factors, query, threshold, high);
        } else
#endif
        {
            sums_plain(groups, tables, query->tables, sums);
            wanted &= bounds_plain(sums, factors, query, threshold, high);
        }
        for (; wanted != 0; wanted &= wanted - 1) {
            const int i = __builtin_ctz(wanted);
            const float width = factors[64 + i] * query->row_error + factors[32 + i] * query->table_error;
            found[count] = (uint32_t)first + (uint32_t)i;
            estimates[count] = high[i] - width - query->slack;
            upper[count] = high[i];
            count++;
        }
    }
    return count;
}
