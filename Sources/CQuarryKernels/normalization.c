#include "multiversion.h"
#include "quarry_kernels.h"

#include <math.h>

QUARRY_INLINE float sum(const float *x, size_t count) {
    float lanes[QUARRY_LANES] = {0};
    size_t i = 0;
    for (; i + QUARRY_LANES <= count; i += QUARRY_LANES)
        for (int j = 0; j < QUARRY_LANES; j++) lanes[j] += x[i + j];
    for (size_t j = 0; i < count; i++, j++) lanes[j] += x[i];
    return quarry_fold_sum(lanes);
}

QUARRY_INLINE float squared_deviations(const float *x, size_t count, float mean) {
    float lanes[QUARRY_LANES] = {0};
    size_t i = 0;
    for (; i + QUARRY_LANES <= count; i += QUARRY_LANES)
        for (int j = 0; j < QUARRY_LANES; j++) {
            const float d = x[i + j] - mean;
            lanes[j] += d * d;
        }
    for (size_t j = 0; i < count; i++, j++) {
        const float d = x[i] - mean;
        lanes[j] += d * d;
    }
    return quarry_fold_sum(lanes);
}

QUARRY_INLINE void normalize_row(
    float *restrict x, const float *restrict weight, const float *restrict bias, size_t columns, float epsilon
) {
    const float mean = sum(x, columns) / (float)columns;
    const float variance = squared_deviations(x, columns, mean) / (float)columns;
    const float inverse = 1.0f / sqrtf(variance + epsilon);
    for (size_t j = 0; j < columns; j++) x[j] = (x[j] - mean) * inverse * weight[j] + bias[j];
}

QUARRY_MULTIVERSION
void quarry_layer_norm(
    float *restrict x, const float *restrict weight, const float *restrict bias, size_t rows, size_t columns,
    float epsilon
) {
    for (size_t i = 0; i < rows; i++, x += columns) normalize_row(x, weight, bias, columns, epsilon);
}

QUARRY_MULTIVERSION
void quarry_add_layer_norm(
    float *restrict x, const float *restrict update, const float *restrict update_bias, const float *restrict weight,
    const float *restrict bias, size_t rows, size_t columns, float epsilon
) {
    for (size_t i = 0; i < rows; i++, x += columns, update += columns) {
        for (size_t j = 0; j < columns; j++) x[j] += update[j] + update_bias[j];
        normalize_row(x, weight, bias, columns, epsilon);
    }
}

QUARRY_MULTIVERSION
void quarry_mean_rows(const float *restrict x, size_t rows, size_t columns, float *restrict mean) {
    for (size_t j = 0; j < columns; j++) mean[j] = 0.0f;
    for (size_t i = 0; i < rows; i++, x += columns)
        for (size_t j = 0; j < columns; j++) mean[j] += x[j];
    const float inverse = rows == 0 ? 0.0f : 1.0f / (float)rows;
    for (size_t j = 0; j < columns; j++) mean[j] *= inverse;
}

QUARRY_MULTIVERSION
float quarry_l2_normalize(float *x, size_t count) {
    const float length = sqrtf(squared_deviations(x, count, 0.0f));
    if (!(length > 0.0f) || isinf(length)) return length;
    const float inverse = 1.0f / length;
    for (size_t j = 0; j < count; j++) x[j] *= inverse;
    return length;
}
