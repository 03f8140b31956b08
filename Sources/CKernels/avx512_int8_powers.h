// From scores to powers of two as bytes; included by avx512_int8_attention.h.
//
// Plain rounding would lose the many powers of a row that are below a half. So a number between −½ and ½ is added before,
// from another place of a table for every key and row of a block: as many of them become 1 as their sum asks for.

// Of 254.4: with what is added no more than 255.
static const float log2_largest_power = 7.990955f;
// Adding it to what is far below 2^23 rounds to whole numbers, the sum's lowest bits.
static const float whole_shift = 12582912;

enum { dither_count = 256 };

// 2^x, 0 far below: 2^floor(x) · p(x − floor(x)); relative error 7.5e-5.
FN vf power(vf x) {
  const vf r = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  vf p = set1(0.07802402973175049f);
  p = muladd(p, r, set1(0.22606706619262695f));
  p = muladd(p, r, set1(0.6958339810371399f));
  p = muladd(p, r, set1(0.9999251365661621f));
  return _mm512_scalef_ps(p, x);
}

// The 256 numbers from −255/512 to 255/512, evenly spread, so that they add up to 0. In the order of the fractions of
// i · (√5 − 1) / 2: any neighbours among them are spread evenly too.
#define D(n) ((n) / 512.0f)
static const float dither[dither_count] = {
    D(-255), D(61), D(-135), D(181), D(-15), D(-209), D(107), D(-89), D(227), D(31), D(-163), D(153), D(-43),
    D(-237), D(79), D(-117), D(199), D(3), D(-191), D(125), D(-71), D(245), D(49), D(-145), D(171), D(-25), D(-219),
    D(97), D(-99), D(217), D(21), D(-173), D(143), D(-53), D(-247), D(69), D(-127), D(189), D(-7), D(-201), D(115),
    D(-81), D(235), D(39), D(-155), D(161), D(-35), D(-229), D(87), D(-109), D(207), D(11), D(-183), D(133), D(-63),
    D(253), D(57), D(-139), D(177), D(-19), D(-213), D(103), D(-93), D(223), D(27), D(-167), D(149), D(-47), D(-241),
    D(75), D(-121), D(195), D(-1), D(-195), D(121), D(-75), D(241), D(45), D(-149), D(167), D(-29), D(-223), D(93),
    D(-103), D(213), D(17), D(-177), D(139), D(-57), D(-251), D(65), D(-131), D(185), D(-11), D(-205), D(111),
    D(-85), D(231), D(35), D(-159), D(157), D(-39), D(-233), D(83), D(-113), D(203), D(7), D(-187), D(129), D(-67),
    D(249), D(53), D(-143), D(173), D(-23), D(-217), D(99), D(-97), D(219), D(23), D(-171), D(145), D(-51), D(-245),
    D(71), D(-125), D(191), D(-5), D(-199), D(117), D(-79), D(237), D(41), D(-153), D(163), D(-33), D(-227), D(89),
    D(-107), D(209), D(13), D(-181), D(135), D(-61), D(255), D(59), D(-137), D(179), D(-17), D(-211), D(105), D(-91),
    D(225), D(29), D(-165), D(151), D(-45), D(-239), D(77), D(-119), D(197), D(1), D(-193), D(123), D(-73), D(243),
    D(47), D(-147), D(169), D(-27), D(-221), D(95), D(-101), D(215), D(19), D(-175), D(141), D(-55), D(-249), D(67),
    D(-129), D(187), D(-9), D(-203), D(113), D(-83), D(233), D(37), D(-157), D(159), D(-37), D(-231), D(85), D(-111),
    D(205), D(9), D(-185), D(131), D(-65), D(251), D(55), D(-141), D(175), D(-21), D(-215), D(101), D(-95), D(221),
    D(25), D(-169), D(147), D(-49), D(-243), D(73), D(-123), D(193), D(-3), D(-197), D(119), D(-77), D(239), D(43),
    D(-151), D(165), D(-31), D(-225), D(91), D(-105), D(211), D(15), D(-179), D(137), D(-59), D(-253), D(63),
    D(-133), D(183), D(-13), D(-207), D(109), D(-87), D(229), D(33), D(-161), D(155), D(-41), D(-235), D(81),
    D(-115), D(201), D(5), D(-189), D(127), D(-69), D(247), D(51),
};
#undef D

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
// multiplied by; row: its number in its block, up to 16 of which in turn begin elsewhere among what is added.
FN float powers_of_row(const float *scores, size_t keys, float factor, size_t row, uint32_t *to) {
  const vf top = set1(largest_of(scores, keys));
  const size_t start = 5 * LANES * row;
  vw total = no_dwords();
  for (size_t first = 0; first < keys; first += piece_keys, to += block_rows * piece_dwords) {
    const size_t left = keys - first;
    vw numbers[DEPTH];
#pragma clang loop unroll(full)
    for (size_t byte = 0; byte < DEPTH; byte++) {
      const size_t place = first + byte * LANES, own = left > byte * LANES ? left - byte * LANES : 0;
      const vf score = own ? load(scores + place) : set1(0);
      vf x = muladd(sub(score, top), set1(factor), set1(log2_largest_power));
      if (own < LANES) x = keep_n(x, set1(-INFINITY), own);
      const vf number = add(power(x), load(dither + (start + place) % dither_count));
      numbers[byte] = as_dwords(add(number, set1(whole_shift)));
    }
    const vw bytes = joined(numbers);
    total = dot(total, bytes, every_lane(0x01010101));
    store_dwords(to, bytes);
  }
  return (float)_mm512_reduce_add_epi32(total);
}
