// The f32 format with AVX-512 (F and DQ): 12 rows times 32 outputs at once.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define ENTRY __attribute__((target("avx512f,avx512dq,fma"))) static
#define FN __attribute__((target("avx512f,avx512dq,fma"), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"
#include "avx512_normal.h"

#define BLOCK_ROWS 12

#include "vector_f32.h"

const struct ckernels_format ckernels_avx512_f32 = UNSCALED_FORMAT("f32");
#else
typedef int ckernels_no_avx512_f32;  // A C file may not be empty.
#endif
