// The bf16 format: a dword is two bf16 (AVX512_BF16). The instruction sums pairs in float and takes denormals for zeros.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define TARGET "avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"

#define DEPTH 2
#define PLANES 1
#define BLOCK_ROWS 12
#include "vector_packed_shape.h"
#include "vector_unscaled.h"
#include "avx512_bf16_dwords.h"

FN vs dot(vs sums, vw x, vw weight) { return _mm512_dpbf16_ps(sums, (__m512bh)x, (__m512bh)weight); }

#include "vector_packed.h"
#include "vector_packed_rows.h"

#include "vector_pack.h"
#include "vector_pack_columns.h"

// What was rounded is what is summed, so that weights add up to 1.
FN vf sum_packed(vf total, vf low, vf high) {
  return _mm512_dpbf16_ps(total, _mm512_cvtne2ps_pbh(high, low), (__m512bh)_mm512_set1_epi16(0x3f80));
}

#include "vector_keys.h"
#include "vector_packed_attention.h"

const struct ckernels_format ckernels_avx512_bf16 = UNSCALED_FORMAT("bf16");
#else
typedef int ckernels_no_bf16;  // A C file may not be empty.
#endif
