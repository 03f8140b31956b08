// The int8 format with AVX512_VNNI, which multiplies unsigned by signed bytes: 12 rows times 32 outputs at once.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TARGET "avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"

#define BLOCK_ROWS 12
#define WEIGHT_LIMIT 127

#include "avx512_int8_dwords.h"

#include "vector_int8.h"

FN vs sums_zero(void) { return no_dwords(); }
#include "vector_packed.h"

#include "avx512_int8_keys.h"

FN void use_tiles(void) {}
FN void leave_tiles(void) {}

FN void scores_of_keys(const uint32_t *x, const uint32_t *keys, size_t dwords, size_t panels, float *scores) {
  const size_t panel = dwords * panel_outputs + panel_tail(DEPTH, panel_outputs);
  for (size_t i = 0; i < panels; i++, keys += panel) {
    const uint32_t *const numbers = keys + dwords * panel_outputs;
    const vf low = load((const float *)numbers), high = load((const float *)numbers + LANES);
    vs s[block_rows][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < block_rows; r++) {
      s[r][0] = load_dwords(numbers + panel_outputs);
      s[r][1] = load_dwords(numbers + panel_outputs + LANES);
    }
    add_tile_sums(s, x, keys, dwords);
    float *to = scores + i * panel_outputs;
#pragma clang loop unroll(full)
    for (int r = 0; r < block_rows; r++, to += panels * panel_outputs) {
      store(to, mul(from_whole(s[r][0]), low));
      store(to + LANES, mul(from_whole(s[r][1]), high));
    }
  }
}

FN void stored_sums(uint32_t *sums, const uint32_t *x, const uint32_t *weight, size_t dwords) {
  vs s[block_rows][2];
  tile_sums(s, x, weight, dwords);
#pragma clang loop unroll(full)
  for (int r = 0; r < block_rows; r++, sums += panel_outputs) {
    store_dwords(sums, s[r][0]);
    store_dwords(sums + LANES, s[r][1]);
  }
}

#include "avx512_int8_attention.h"

const struct ckernels_format ckernels_avx512_int8 = INT8_FORMAT(packed_attention, pack_keys, pack_values,
                                                                packed_keys_dwords, packed_values_dwords,
                                                                packed_attention_dwords);
#else
typedef int ckernels_no_avx512_int8;  // A C file may not be empty.
#endif
