// Which formats this processor has, and how large packed operands are.
#include "formats.h"

const struct ckernels_format *ckernels_format_of(enum ckernels_precision precision) {
#if defined(__x86_64__)
  if (!ckernels_table_of(CKERNELS_AVX512)) return NULL;
  const int wide = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  switch (precision) {
    case CKERNELS_F32:
      return &ckernels_f32;
    case CKERNELS_BF16:
      return wide && __builtin_cpu_supports("avx512bf16") ? &ckernels_bf16 : NULL;
    case CKERNELS_INT8:
      return wide && __builtin_cpu_supports("avx512vnni") ? &ckernels_int8 : NULL;
  }
#endif
  (void)precision;
  return NULL;
}

size_t ckernels_block_words(const struct ckernels_format *format, size_t inner) {
  return words_of(inner, format->depth) * format->rows + block_tail(format->depth);
}

size_t ckernels_panel_words(const struct ckernels_format *format, size_t inner) {
  return words_of(inner, format->depth) * format->panel + panel_tail(format->depth);
}
