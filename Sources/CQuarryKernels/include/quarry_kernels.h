/// Loops that BLAS lacks, vectorised by the compiler.
///
/// On x86-64 Linux each is compiled for AVX-512, AVX2 and the baseline, and the loader picks one. Sums run in sixteen
/// lanes in a fixed order, so a result does not depend on the alignment of its input. No function allocates, and no
/// pointer may be null unless the count is zero. Matrices are row-major.
#ifndef QUARRY_KERNELS_H
#define QUARRY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// x[rows][columns] += bias[columns].
void quarry_add_bias(float *x, const float *bias, size_t rows, size_t columns);

/// x = gelu(x + bias), gelu(v) = v/2 (1 + erf(v/sqrt 2)); absolute error of erf below 5e-7.
void quarry_add_bias_gelu(float *x, const float *bias, size_t rows, size_t columns);

/// Each row becomes exp(scale (v - max)) / sum, scale > 0; rows are stride floats apart. Relative error below 1e-6.
void quarry_softmax(float *x, size_t rows, size_t columns, size_t stride, float scale);

/// x = (x - mean) / sqrt(variance + epsilon) weight + bias, row by row; the variance is the biased one.
void quarry_layer_norm(
    float *x, const float *weight, const float *bias, size_t rows, size_t columns, float epsilon);

/// x = layer_norm(x + update + update_bias), row by row.
void quarry_add_layer_norm(
    float *x, const float *update, const float *update_bias, const float *weight, const float *bias, size_t rows,
    size_t columns, float epsilon);

/// mean[columns] = mean of the rows of x.
void quarry_mean_rows(const float *x, size_t rows, size_t columns, float *mean);

/// Scales x to length 1 and returns its former length. Zero and non-finite vectors are left alone.
float quarry_l2_normalize(float *x, size_t count);

/// Bytes of a Q4_0 block of 32 weights: a half-precision scale, then sixteen bytes of two weights each.
#define QUARRY_Q4_0_BLOCK_BYTES 18
#define QUARRY_Q4_0_BLOCK_WEIGHTS 32

/// out[32 blocks] from Q4_0 blocks: weight j of a block is (low nibble of byte j - 8) scale, weight 16 + j the high one.
void quarry_dequantize_q4_0(const uint8_t *blocks, size_t block_count, float *out);

/// out[count] from little-endian IEEE 754 half precision; the input need not be aligned.
void quarry_widen_float16(const uint8_t *halves, size_t count, float *out);

/// out[count] from little-endian bfloat16; the input need not be aligned.
void quarry_widen_bfloat16(const uint8_t *halves, size_t count, float *out);

/// out[columns][rows] = transpose of x[rows][columns]; rows of out are out_stride floats apart.
void quarry_transpose(const float *x, size_t rows, size_t columns, float *out, size_t out_stride);

/// The commit this was compiled from; empty where the build was not told.
const char *quarry_commit(void);

/// The instruction set that the functions above were picked for on this processor, such as `x86-64 AVX2`.
const char *quarry_instruction_set(void);

#endif
