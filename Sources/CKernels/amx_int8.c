// The int8 format in tiles (AMX_INT8), which multiplies unsigned by signed bytes. Sums are whole numbers, so that products
// are those of avx512_int8.c to the bit.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TARGET "amx-tile,amx-int8,avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"

#define BLOCK_ROWS 32
#define WEIGHT_LIMIT 127

#include "avx512_int8_dwords.h"

#include "vector_int8.h"

#define add_products _tile_dpbusd
FN vs sums_of(const uint32_t *sums) { return load_dwords(sums); }
#include "amx_tiles.h"
#include "amx_packed.h"
#include "amx_packed_floats.h"

#include "avx512_int8_keys.h"

// Into a row of scores: what a panel's sums begin with, and its scales, stand behind its dwords.
FN void scores_of_block(const uint32_t *sums, const uint32_t *numbers, float *to, size_t stride) {
  const vf low = load((const float *)numbers), high = load((const float *)numbers + LANES);
  const vw first_low = load_dwords(numbers + panel_outputs), first_high = load_dwords(numbers + panel_outputs + LANES);
  for (size_t r = 0; r < block_rows; r++, sums += panel_outputs, to += stride) {
    store(to, mul(from_whole(_mm512_add_epi32(load_dwords(sums), first_low)), low));
    store(to + LANES, mul(from_whole(_mm512_add_epi32(load_dwords(sums + LANES), first_high)), high));
  }
}

FN void scores_of_keys(const uint32_t *x, const uint32_t *keys, size_t dwords, size_t panels, float *scores) {
  const size_t panel = dwords * panel_outputs + panel_tail(DEPTH, panel_outputs);
  uint32_t sums[2][block_sums] __attribute__((aligned(64)));
  for (size_t i = 0; i <= panels; i++, keys += panel) {
    // A panel's sums are read while the next one's are made.
    if (i < panels) sums_in_tiles(sums[i % 2], x, keys, dwords);
    if (i == 0) continue;
    const uint32_t *const numbers = keys - panel + dwords * panel_outputs;
    scores_of_block(sums[(i - 1) % 2], numbers, scores + (i - 1) * panel_outputs, panels * panel_outputs);
  }
}

FN void stored_sums(uint32_t *sums, const uint32_t *x, const uint32_t *weight, size_t dwords) {
  sums_in_tiles(sums, x, weight, dwords);
}

#include "avx512_int8_attention.h"

const struct ckernels_format ckernels_amx_int8 = INT8_FORMAT(packed_attention, pack_keys, pack_values, packed_keys_dwords,
                                                             packed_values_dwords, packed_attention_dwords);
#else
typedef int ckernels_no_amx_int8;  // A C file may not be empty.
#endif
