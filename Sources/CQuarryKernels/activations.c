#include "multiversion.h"
#include "quarry_kernels.h"

#include <math.h>
#include <string.h>

// erf(v) = v P(v²) / Q(v²) on [-4, 4], a minimax fit of degree 6 over 4 (error 6e-8 in exact arithmetic);
// beyond 4, erf differs from 1 by less than 2e-8.
QUARRY_INLINE float erf_rational(float v) {
    v = v < -4.0f ? -4.0f : v;
    v = v > 4.0f ? 4.0f : v;
    const float t = v * v;
    float p = 1.921724202e-08f;
    p = p * t - 1.990324534e-06f;
    p = p * t + 1.555370004e-04f;
    p = p * t + 4.293056387e-03f;
    p = p * t + 5.243348230e-02f;
    p = p * t + 2.139447163e-01f;
    p = p * t + 1.128378677e+00f;
    float q = 1.098039188e-03f;
    q = q * t + 1.555109883e-02f;
    q = q * t + 1.207996383e-01f;
    q = q * t + 5.229312250e-01f;
    q = q * t + 1.0f;
    return v * p / q;
}

// exp(v) for v <= 0: v = n ln 2 + r, a Taylor polynomial of degree 6 in |r| <= ln(2)/2, then the exponent field.
QUARRY_INLINE float exp_nonpositive(float v) {
    v = v < -87.0f ? -87.0f : v;
    const float round_to_integer = 12582912.0f;
    const float n = (v * 1.44269504088896341f + round_to_integer) - round_to_integer;
    const float r = (v - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

QUARRY_MULTIVERSION
void quarry_add_bias(float *restrict x, const float *restrict bias, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++, x += columns)
        for (size_t j = 0; j < columns; j++) x[j] += bias[j];
}

QUARRY_MULTIVERSION
void quarry_add_bias_gelu(float *restrict x, const float *restrict bias, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++, x += columns)
        for (size_t j = 0; j < columns; j++) {
            const float v = x[j] + bias[j];
            x[j] = 0.5f * v * (1.0f + erf_rational(v * 0.707106781186547524f));
        }
}

QUARRY_INLINE float maximum(const float *x, size_t count) {
    float lanes[QUARRY_LANES];
    for (int j = 0; j < QUARRY_LANES; j++) lanes[j] = x[0];
    size_t i = 0;
    for (; i + QUARRY_LANES <= count; i += QUARRY_LANES)
        for (int j = 0; j < QUARRY_LANES; j++) lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
    for (; i < count; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
    float best = lanes[0];
    for (int j = 1; j < QUARRY_LANES; j++) best = lanes[j] > best ? lanes[j] : best;
    return best;
}

QUARRY_MULTIVERSION
void quarry_softmax(float *restrict x, size_t rows, size_t columns, size_t stride, float scale) {
    if (columns == 0) return;
    for (size_t row = 0; row < rows; row++, x += stride) {
        const float top = maximum(x, columns);
        float lanes[QUARRY_LANES] = {0};
        size_t i = 0;
        for (; i + QUARRY_LANES <= columns; i += QUARRY_LANES)
            for (int j = 0; j < QUARRY_LANES; j++) {
                const float e = exp_nonpositive((x[i + j] - top) * scale);
                x[i + j] = e;
                lanes[j] += e;
            }
        for (size_t j = 0; i < columns; i++, j++) {
            x[i] = exp_nonpositive((x[i] - top) * scale);
            lanes[j] += x[i];
        }
        const float inverse = 1.0f / quarry_fold_sum(lanes);
        for (size_t j = 0; j < columns; j++) x[j] *= inverse;
    }
}
