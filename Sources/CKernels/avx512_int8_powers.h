// From scores to powers of two as bytes; included by avx512_int8_attention.h.
//
// Plain rounding would lose the many powers of a row that are below a half. So something between −½ and ½ is added
// before, another number for every key and row of a block: as many of them become 1 as their sum asks for.

// Of 254.4: with what is added no more than 255.
static const float log2_largest_power = 7.990955f;
// Adding it to what is far below 2^23 rounds to whole numbers, the sum's lowest bits.
static const float whole_shift = 12582912;

// Powers of keys lie in pieces: its word w has those of the keys w, w + LANES, w + 2·LANES and w + 3·LANES.
enum { piece_keys = DEPTH * LANES, dither_count = 256 };

// 2^x, 0 far below: 2^floor(x) · p(x − floor(x)); relative error 7.5e-5.
FN vf power(vf x) {
  const vf r = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  vf p = set1(0.07802402973175049f);
  p = muladd(p, r, set1(0.22606706619262695f));
  p = muladd(p, r, set1(0.6958339810371399f));
  p = muladd(p, r, set1(0.9999251365661621f));
  return _mm512_scalef_ps(p, x);
}

// 0.99 · (the fraction of i · (√5 − 1) / 2, less ½): any neighbours are spread evenly.
static const float dither[dither_count] = {
    -0.495f, 0.1169f, -0.2613f, 0.3506f, -0.02759f, -0.4057f, 0.2061f, -0.172f, 0.4398f, 0.06168f, -0.3165f, 0.2954f,
    -0.08276f, -0.4609f, 0.151f, -0.2272f, 0.3847f, 0.006512f, -0.3716f, 0.2402f, -0.1379f, 0.4739f, 0.09578f,
    -0.2824f, 0.3295f, -0.04866f, -0.4268f, 0.185f, -0.1931f, 0.4188f, 0.04061f, -0.3375f, 0.2743f, -0.1038f,
    -0.482f, 0.1299f, -0.2483f, 0.3636f, -0.01456f, -0.3927f, 0.2191f, -0.159f, 0.4529f, 0.07471f, -0.3034f, 0.3084f,
    -0.06973f, -0.4479f, 0.164f, -0.2142f, 0.3977f, 0.01954f, -0.3586f, 0.2532f, -0.1249f, 0.487f, 0.1088f, -0.2693f,
    0.3425f, -0.03563f, -0.4138f, 0.1981f, -0.1801f, 0.4318f, 0.05363f, -0.3245f, 0.2873f, -0.09081f, -0.469f,
    0.1429f, -0.2352f, 0.3766f, -0.001537f, -0.3797f, 0.2322f, -0.146f, 0.4659f, 0.08773f, -0.2904f, 0.3214f,
    -0.05671f, -0.4349f, 0.177f, -0.2011f, 0.4107f, 0.03256f, -0.3456f, 0.2663f, -0.1119f, -0.49f, 0.1218f, -0.2563f,
    0.3555f, -0.02261f, -0.4008f, 0.2111f, -0.167f, 0.4448f, 0.06666f, -0.3115f, 0.3004f, -0.07778f, -0.4559f,
    0.1559f, -0.2222f, 0.3896f, 0.01149f, -0.3667f, 0.2452f, -0.133f, 0.4789f, 0.1008f, -0.2774f, 0.3345f, -0.04368f,
    -0.4218f, 0.19f, -0.1881f, 0.4237f, 0.04558f, -0.3326f, 0.2793f, -0.09885f, -0.477f, 0.1349f, -0.2433f, 0.3686f,
    -0.009587f, -0.3877f, 0.2241f, -0.154f, 0.4578f, 0.07968f, -0.2985f, 0.3134f, -0.06476f, -0.4429f, 0.1689f,
    -0.2092f, 0.4027f, 0.02451f, -0.3536f, 0.2582f, -0.1199f, 0.4919f, 0.1138f, -0.2644f, 0.3475f, -0.03066f,
    -0.4088f, 0.203f, -0.1751f, 0.4368f, 0.05861f, -0.3195f, 0.2923f, -0.08583f, -0.464f, 0.1479f, -0.2303f, 0.3816f,
    0.003437f, -0.3747f, 0.2371f, -0.141f, 0.4709f, 0.09271f, -0.2854f, 0.3264f, -0.05173f, -0.4299f, 0.182f,
    -0.1962f, 0.4157f, 0.03753f, -0.3406f, 0.2712f, -0.1069f, -0.4851f, 0.1268f, -0.2513f, 0.3605f, -0.01764f,
    -0.3958f, 0.2161f, -0.1621f, 0.4498f, 0.07163f, -0.3065f, 0.3053f, -0.07281f, -0.451f, 0.1609f, -0.2172f,
    0.3946f, 0.01646f, -0.3617f, 0.2502f, -0.128f, 0.4839f, 0.1057f, -0.2724f, 0.3394f, -0.03871f, -0.4169f, 0.195f,
    -0.1831f, 0.4287f, 0.05056f, -0.3276f, 0.2843f, -0.09388f, -0.472f, 0.1398f, -0.2383f, 0.3735f, -0.004612f,
    -0.3828f, 0.2291f, -0.1491f, 0.4628f, 0.08466f, -0.2935f, 0.3184f, -0.05978f, -0.4379f, 0.1739f, -0.2042f,
    0.4076f, 0.02949f, -0.3487f, 0.2632f, -0.115f, -0.4931f, 0.1188f, -0.2594f, 0.3525f, -0.02569f, -0.4038f, 0.208f,
    -0.1701f, 0.4417f, 0.06358f, -0.3146f, 0.2973f, -0.08086f, -0.459f, 0.1529f, -0.2253f, 0.3866f, 0.008412f,
    -0.3697f, 0.2421f, -0.136f, 0.4758f, 0.09768f,
};

// Whole numbers from 0 to 255 that whole_shift was added to, as bytes.
FN vw joined(const vw numbers[DEPTH]) {
  // The shift's own bits, 4b400000, are left of the first number's and, in part, of the second one's.
  const vw low = _mm512_xor_si512(numbers[0], every_lane(0x4b400000 ^ 0x40000000));
  return _mm512_xor_si512(_mm512_xor_si512(low, _mm512_slli_epi32(numbers[1], 8)),
                          _mm512_xor_si512(_mm512_slli_epi32(numbers[2], 16), _mm512_slli_epi32(numbers[3], 24)));
}

FN float largest_of(const float *x, size_t count) {
  vf one = set1(-INFINITY), next = one;
  size_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) one = max2(one, load(x + i)), next = max2(next, load(x + i + LANES));
  for (; i < count; i += LANES) one = max2(one, keep_n(load(x + i), one, count - i));
  return peak(max2(one, next));
}

// The powers of a row of scores as bytes of its pieces, the first at `to`, and their sum. factor: what a score is
// multiplied by; row: its number in its block, each of which begins elsewhere among what is added.
FN float powers_of_row(const float *scores, size_t keys, float factor, size_t row, uint32_t *to) {
  const vf top = set1(largest_of(scores, keys));
  const size_t start = 5 * LANES * row;
  vw total = no_words();
  for (size_t first = 0; first < keys; first += piece_keys, to += block_rows * piece_words) {
    const size_t left = keys - first;
    vw numbers[DEPTH];
#pragma clang loop unroll(full)
    for (size_t byte = 0; byte < DEPTH; byte++) {
      const size_t place = first + byte * LANES, own = left > byte * LANES ? left - byte * LANES : 0;
      const vf score = own ? load(scores + place) : set1(0);
      vf x = muladd(sub(score, top), set1(factor), set1(log2_largest_power));
      if (own < LANES) x = keep_n(x, set1(-INFINITY), own);
      const vf number = add(power(x), load(dither + (start + place) % dither_count));
      numbers[byte] = as_words(add(number, set1(whole_shift)));
    }
    const vw bytes = joined(numbers);
    total = dot(total, bytes, every_lane(0x01010101));
    store_words(to, bytes);
  }
  return (float)_mm512_reduce_add_epi32(total);
}
