// The bf16 format in tiles (AMX_BF16). The instruction sums pairs in float and takes denormals for zeros.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define TARGET "amx-tile,amx-bf16,avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"

#define DEPTH 2
#define PLANES 1
#define BLOCK_ROWS 32
#include "vector_packed_shape.h"
#include "vector_unscaled.h"
#include "avx512_bf16_dwords.h"

#define add_products _tile_dpbf16ps
FN vs sums_of(const uint32_t *sums) { return as_floats(load_dwords(sums)); }
#include "amx_tiles.h"
#include "amx_packed.h"
#include "amx_packed_floats.h"
#include "amx_packed_rows.h"

#include "vector_pack.h"
#include "vector_pack_columns.h"

// What was rounded is what is summed, so that weights add up to 1. One by one: AVX512_BF16's sums are slow where there are
// tiles.
FN vf sum_stored(vf total, const uint32_t *packed, vf low, vf high) {
  (void)low, (void)high;
  const vw both = load_dwords(packed);
  total = add(total, as_floats(_mm512_slli_epi32(both, 16)));
  return add(total, as_floats(_mm512_and_si512(both, every_lane(0xffff0000))));
}

#include "vector_keys.h"
#include "amx_attention.h"

const struct ckernels_format ckernels_amx_bf16 = UNSCALED_FORMAT("bf16");
#else
typedef int ckernels_no_amx_bf16;  // A C file may not be empty.
#endif
