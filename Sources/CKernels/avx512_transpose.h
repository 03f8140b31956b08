// 16 rows of 16 dwords become 16 columns; included behind avx512_vectors.h.
FN void transpose(vw x[16]) {
  vw y[16];
  // Pairs of dwords, then of two dwords, of four, of eight: every step swaps what is off the diagonal of 2×2 blocks.
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) {
    y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 4) {
    x[i] = _mm512_unpacklo_epi64(y[i], y[i + 2]);
    x[i + 1] = _mm512_unpackhi_epi64(y[i], y[i + 2]);
    x[i + 2] = _mm512_unpacklo_epi64(y[i + 1], y[i + 3]);
    x[i + 3] = _mm512_unpackhi_epi64(y[i + 1], y[i + 3]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 8) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      y[i + j] = _mm512_shuffle_i32x4(x[i + j], x[i + j + 4], 0x88);
      y[i + j + 4] = _mm512_shuffle_i32x4(x[i + j], x[i + j + 4], 0xdd);
    }
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    // y[j] has columns j and j + 8, y[j + 4] has j + 4 and j + 12, of the first 8 rows.
    x[j] = _mm512_shuffle_i32x4(y[j], y[j + 8], 0x88);
    x[j + 8] = _mm512_shuffle_i32x4(y[j], y[j + 8], 0xdd);
    x[j + 4] = _mm512_shuffle_i32x4(y[j + 4], y[j + 12], 0x88);
    x[j + 12] = _mm512_shuffle_i32x4(y[j + 4], y[j + 12], 0xdd);
  }
}
