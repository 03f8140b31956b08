// The functions that vector kernels share, once, over vectors of any width. The including file defines, for its
// instruction set:
//   FN        attributes of every function          vf, LANES   the vector of floats and its length
//   set1, load, store, load_n, store_n (n lanes; the others read as 0), add, sub, mul, divide, root, muladd (a·b + c),
//   max2, min2 (the second operand where one is NaN), keep_n (v in n lanes, f in the others),
//   pow2 (2^n of whole n), whole (round to nearest), where_less (a < b ? x : y), magnitude, sum, peak

FN vf exponential(vf x) {
  // x ≥ underflow is made sure of with x as second operand, so that a NaN stays one.
  vf clamped = max2(set1(exp_underflow), x);
  vf n = whole(mul(clamped, set1(log2_e)));
  vf r = muladd(n, set1(-ln2_high), clamped);
  r = muladd(n, set1(-ln2_low), r);
  vf p = set1(exp_fit[4]);
  p = muladd(p, r, set1(exp_fit[3]));
  p = muladd(p, r, set1(exp_fit[2]));
  p = muladd(p, r, set1(exp_fit[1]));
  p = muladd(p, r, set1(exp_fit[0]));
  p = add(muladd(mul(r, r), p, r), set1(1));
  return where_less(x, set1(exp_underflow), set1(0), mul(p, pow2(n)));
}

// 1 − Φ(|z|); tells e^(−z²/2), which φ is a multiple of.
FN vf normal_tail(vf z, vf *bell) {
  vf t = min2(set1(tail_end), magnitude(z));
  vf reciprocal = divide(set1(1), add(t, set1(tail_centre)));
  vf w = mul(sub(t, set1(tail_centre)), reciprocal);
  vf p = set1(tail_fit[9]);
  p = muladd(p, w, set1(tail_fit[8]));
  p = muladd(p, w, set1(tail_fit[7]));
  p = muladd(p, w, set1(tail_fit[6]));
  p = muladd(p, w, set1(tail_fit[5]));
  p = muladd(p, w, set1(tail_fit[4]));
  p = muladd(p, w, set1(tail_fit[3]));
  p = muladd(p, w, set1(tail_fit[2]));
  p = muladd(p, w, set1(tail_fit[1]));
  p = muladd(p, w, set1(tail_fit[0]));
  // t² does not fit a float; what was lost corrects the exponential to first order.
  vf square = mul(t, t), lost = muladd(t, t, sub(set1(0), square));
  vf e = exponential(mul(square, set1(-0.5f)));
  e = muladd(mul(e, lost), set1(-0.5f), e);
  *bell = e;
  return mul(mul(e, p), reciprocal);
}

FN vf gelu(vf z) {
  vf bell, tail = normal_tail(z, &bell);
  return mul(z, where_less(z, set1(0), tail, sub(set1(1), tail)));
}
