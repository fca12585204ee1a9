#include "multiversion.h"
#include "quarry_kernels.h"

#include <string.h>

// Half precision: the exponent and mantissa moved into place and multiplied by 2^112 are right for normal and subnormal
// numbers alike; an exponent of all ones is infinity or not a number.
QUARRY_INLINE float widen_half(uint16_t half) {
    const uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
    const float two_to_112 = 5.192296858534828e33f;
    float value;
    memcpy(&value, &magnitude, sizeof value);
    value *= two_to_112;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits |= (half & 0x7c00) == 0x7c00 ? 0x7f800000u : 0u;
    bits |= (uint32_t)(half & 0x8000) << 16;
    memcpy(&value, &bits, sizeof value);
    return value;
}

QUARRY_MULTIVERSION
void quarry_dequantize_q4_0(const uint8_t *restrict blocks, size_t block_count, float *restrict out) {
    for (size_t i = 0; i < block_count; i++, blocks += QUARRY_Q4_0_BLOCK_BYTES, out += QUARRY_Q4_0_BLOCK_WEIGHTS) {
        uint16_t half;
        memcpy(&half, blocks, sizeof half);
        const float scale = widen_half(half);
        for (int j = 0; j < 16; j++) out[j] = (float)((int32_t)(blocks[2 + j] & 15) - 8) * scale;
        for (int j = 0; j < 16; j++) out[16 + j] = (float)((int32_t)(blocks[2 + j] >> 4) - 8) * scale;
    }
}

QUARRY_MULTIVERSION
void quarry_widen_float16(const uint8_t *restrict halves, size_t count, float *restrict out) {
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, halves + 2 * i, sizeof half);
        out[i] = widen_half(half);
    }
}

QUARRY_MULTIVERSION
void quarry_widen_bfloat16(const uint8_t *restrict halves, size_t count, float *restrict out) {
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, halves + 2 * i, sizeof half);
        const uint32_t bits = (uint32_t)half << 16;
        memcpy(out + i, &bits, sizeof bits);
    }
}

QUARRY_MULTIVERSION
void quarry_transpose(
    const float *restrict x, size_t rows, size_t columns, float *restrict out, size_t out_stride
) {
    enum { block = 16 };
    for (size_t i = 0; i < rows; i += block) {
        const size_t height = rows - i < block ? rows - i : block;
        for (size_t j = 0; j < columns; j++)
            for (size_t r = 0; r < height; r++) out[j * out_stride + i + r] = x[(i + r) * columns + j];
    }
}
