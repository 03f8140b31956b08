// AVX2 and FMA.
#if defined(__x86_64__)
#include "tables.h"

#define ENTRY __attribute__((target("avx2,fma"))) static
#define FN __attribute__((target("avx2,fma"), always_inline)) static inline
#include "avx2_vectors.h"
#include "vector_math.h"

#include "vector_kernels.h"

#include "vector_backward.h"

#include "vector_gates.h"

#include "vector_columns.h"

const struct ckernels_table ckernels_avx2 = {
    "avx2", softmax, layer_norm, gelu_rows, residual_bias, mean_rows, accumulate,
    swish, gate, relu, scale_shift, column_products, taps,
    gelu_backward, swish_backward, gate_backward, relu_backward, batch_norm_backward, layer_norm_backward, sum_rows,
    attention_backward, adamw,
};
#else
typedef int ckernels_no_avx2;  // A C file may not be empty.
#endif
