// Attention in 8-bit integers; included behind avx512_int8_keys.h. The including file defines, beside what that asks for:
//   scores_of_keys(x, keys, dwords, panels, scores)
//                         a block times all keys, in units of each row's scale: scores (block_rows, panels · panel_outputs)
//   stored_sums(sums, x, weight, dwords)
//                         a block times a panel, to memory (block_rows, panel_outputs)
//   dot(sums, x, weight)  as for vector_packed.h
//   use_tiles, leave_tiles   before the first and behind the last of them
//
// A block of queries goes through all keys for its scores, which become bytes once each row's largest is known.
#include "avx512_int8_powers.h"

ENTRY void packed_attention(const float *q, size_t q_stride, const uint32_t *k, const uint32_t *v, float *y,
                            size_t y_stride, size_t queries, size_t keys, size_t width, float scale, float *log_sums,
                            uint32_t *scratch) {
  (void)log_sums;
  const size_t dwords = row_dwords(width), key_dwords = row_dwords(keys);
  const size_t room = panels_of(keys) * panel_outputs;
  uint32_t *const rows = scratch, *const powers = rows + block_dwords(width);
  float *const scores = (float *)(powers + key_dwords * block_rows);
  uint32_t sums[block_rows * panel_outputs] __attribute__((aligned(64)));
  const float first_scale = *(const float *)(k + dwords * panel_outputs);
  use_tiles();
  for (size_t first = 0; first < queries; first += block_rows, q += block_rows * q_stride, y += block_rows * y_stride) {
    const size_t count = queries - first < block_rows ? queries - first : block_rows;
    pack_block(q, q_stride, count, width, rounding_of_query, rows);
    const float *const tail = (const float *)(rows + dwords * block_rows);
    scores_of_keys(rows, k, dwords, panels_of(keys), scores);

    float share[block_rows];
    for (size_t r = 0; r < count; r++) {
      const float total = powers_of_row(scores + r * room, keys, tail[r] * scale * log2_e, r, powers + r * piece_dwords);
      // What is not finite has a NaN for a scale: the row's own, or the first key's.
      share[r] = 1 / total + 0 * (tail[r] + first_scale);
    }

    for (size_t column = 0; column < width; column += panel_outputs) {
      const uint32_t *const values = v + column / panel_outputs * values_panel(keys);
      const float *const numbers = (const float *)(values + key_dwords * panel_outputs);
      stored_sums(sums, powers, values, key_dwords);
      for (size_t r = 0; r < count; r++) {
        for (size_t half = 0; half < panel_outputs && column + half < width; half += LANES) {
          const vf own = mul(load(numbers + half), set1(share[r])), mean = load(numbers + panel_outputs + half);
          const vf result = muladd(from_whole(load_dwords(sums + r * panel_outputs + half)), own, mean);
          store_n(y + r * y_stride + column + half, result, width - column - half);
        }
      }
    }
  }
  leave_tiles();
}
