// AVX-512 (F and DQ): 16 lanes, tails by mask.
#if defined(__x86_64__)
#include "tables.h"

#define ENTRY __attribute__((target("avx512f,avx512dq,fma"))) static
#define FN __attribute__((target("avx512f,avx512dq,fma"), always_inline)) static inline
#include "avx512_vectors.h"
#include "vector_math.h"

#include "vector_kernels.h"

#include "vector_backward.h"

#include "vector_gates.h"

#include "vector_columns.h"

#define TABLE(name) \
  { \
    name, softmax, layer_norm, gelu_rows, residual_bias, mean_rows, accumulate, swish, gate, relu, scale_shift, \
        column_products, taps, gelu_backward, swish_backward, gate_backward, relu_backward, batch_norm_backward, \
        layer_norm_backward, sum_rows, attention_backward, adamw, \
  }
const struct ckernels_table ckernels_avx512 = TABLE("avx512");
const struct ckernels_table ckernels_amx = TABLE("amx");
#else
typedef int ckernels_no_avx512;  // A C file may not be empty.
#endif
