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

/// Codes of one bit for each number of rotated vectors, in groups of 32 rows.
///
/// A group has 16 bytes for each four columns: the four signs (1: not negative) of rows 0 to 15 in the low halves of the
/// bytes, those of rows 16 to 31 in the high halves. Then come 32 offsets, 32 scales and 32 errors as little-endian
/// floats: the inner product of row i with a query is estimated as center + offset + scale <signs, query>.
/// The number of columns is a multiple of 64.
#define QUARRY_CODE_GROUP_BYTES(columns) (4 * (columns) + 96 * sizeof(float))
#define QUARRY_ROTATION_ROUNDS 4

/// Rotates x[columns] at random: signs are flipped, then Hadamard's matrix mixes the first and the last columns (as many
/// as the largest power of two) in turns. signs[rounds][columns] are 0 or 0x80000000. The same bits on all processors.
void quarry_rotate(float *x, size_t columns, const uint32_t *signs);

/// The sum of the squares of x[columns] and of its magnitudes. The same bits on all processors.
void quarry_code_sums(const float *x, size_t columns, double *squares, double *magnitudes);

/// Writes the signs of x[columns] as those of one row of a group.
void quarry_code_write_signs(uint8_t *group, size_t columns, size_t slot, const float *x);

/// Copies the signs of a row of one group to a row of another.
void quarry_code_copy_signs(const uint8_t *from, size_t from_slot, uint8_t *to, size_t to_slot, size_t columns);

typedef enum { QUARRY_CODES_PLAIN = 0, QUARRY_CODES_AVX2 = 1, QUARRY_CODES_AVX512 = 2 } quarry_code_kernel;

/// Writes the magnitudes of x[columns] as two bits m each: min(3, steps |x|), and gives the sum of (2m + 1) |x| and that of
/// (2m + 1)^2. A byte has four columns that are 16 apart; fine has columns / 4 bytes. The same bits on all processors.
void quarry_code_write_magnitudes(
    uint8_t *fine, size_t columns, const float *x, float steps, double *product, double *squares);

/// The inner product of a query of bytes, none of them -128, with the signs of a row and its magnitudes 2m + 1.
/// All kernels give the same. Columns are at most 65536.
int32_t quarry_fine_product(
    quarry_code_kernel kernel, const uint8_t *group, size_t slot, const uint8_t *fine, size_t columns,
    const int8_t *query);

/// Asks for the memory that quarry_fine_product will read.
void quarry_code_prefetch(const uint8_t *group, size_t slot, const uint8_t *fine, size_t columns);

/// A query for quarry_scan_codes.
typedef struct {
    /// For each four columns the sixteen sums of their values with all signs, in steps of at most 63; the sum of the
    /// largest of all tables is below 65536.
    const uint8_t *tables;
    /// <signs, query> = step sum + base.
    float step, base;
    /// Added to all estimates: the inner product of the query with the center of the rows.
    float center;
    /// An estimate is wrong by at most error row_error + scale table_error + slack.
    float row_error, table_error, slack;
} quarry_code_query;

/// Writes the tables of a query x[columns]: for each four columns the sixteen sums of their values with all signs, from
/// zero, in steps, and at most largest.
void quarry_code_tables(const float *x, size_t columns, float step, float largest, uint8_t *tables);

/// Whether this processor has the instructions of a kernel.
int quarry_code_kernel_available(quarry_code_kernel kernel);

quarry_code_kernel quarry_code_best_kernel(void);

/// Finds the rows whose upper bound reaches a threshold, by looking up tables in registers (André et al., "Accelerated
/// nearest neighbor search with quick ADC", 2017). All kernels find the same.
///
/// members has a bit for each row of each group, or is null for all rows. found, estimates and upper, which get the rows
/// with their estimates and upper bounds, have room for all rows. Returns the number of rows found.
size_t quarry_scan_codes(
    quarry_code_kernel kernel, const uint8_t *groups, size_t rows, size_t columns, const uint32_t *members,
    const quarry_code_query *query, float threshold, uint32_t *found, float *estimates, float *upper);

/// The commit this was compiled from; empty where the build was not told.
const char *quarry_commit(void);

/// The instruction set that the functions above were picked for on this processor, such as `x86-64 AVX2`.
const char *quarry_instruction_set(void);

#endif
