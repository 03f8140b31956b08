// The f32 format with AVX2 and FMA: 6 rows times 16 outputs at once.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define ENTRY __attribute__((target("avx2,fma"))) static
#define FN __attribute__((target("avx2,fma"), always_inline)) static inline
#include "avx2_vectors.h"
#include "avx2_transpose.h"
#include "vector_math.h"

#define BLOCK_ROWS 6

FN vf activation(vf z) { return gelu(z); }

#include "vector_f32.h"

const struct ckernels_format ckernels_avx2_f32 = UNSCALED_FORMAT("f32");
#else
typedef int ckernels_no_avx2_f32;  // A C file may not be empty.
#endif
