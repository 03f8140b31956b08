// Which formats a level has on this processor, and how large packed operands are.
#include "formats.h"

const struct ckernels_format *ckernels_format_of(enum ckernels_level level, enum ckernels_precision precision) {
  if (!ckernels_table_of(level)) return NULL;
#if defined(__x86_64__)
  if (level == CKERNELS_AVX2) {
    switch (precision) {
      case CKERNELS_F32:
        return &ckernels_avx2_f32;
      case CKERNELS_BF16:
        return NULL;
      case CKERNELS_INT8:
        return &ckernels_avx2_int8;
    }
  }
  if (level == CKERNELS_AMX) {
    switch (precision) {
      case CKERNELS_F32:
        return &ckernels_amx_f32;
      case CKERNELS_BF16:
        return &ckernels_amx_bf16;
      case CKERNELS_INT8:
        return &ckernels_amx_int8;
    }
  }
  if (level == CKERNELS_AVX512) {
    const int wide = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    switch (precision) {
      case CKERNELS_F32:
        return &ckernels_avx512_f32;
      case CKERNELS_BF16:
        return wide && __builtin_cpu_supports("avx512bf16") ? &ckernels_avx512_bf16 : NULL;
      case CKERNELS_INT8:
        return wide && __builtin_cpu_supports("avx512vnni") ? &ckernels_avx512_int8 : NULL;
    }
  }
#endif
  (void)precision;
  return NULL;
}

int ckernels_bf16_is_fast(enum ckernels_level level) {
#if defined(__x86_64__)
  if (level == CKERNELS_AVX512) return !__builtin_cpu_is("intel");
#endif
  return level == CKERNELS_AMX;
}

size_t ckernels_block_dwords(const struct ckernels_format *format, size_t inner) {
  return format->planes * dwords_of(inner, format->depth, format->panel / 2) * format->rows + block_tail(format->depth, format->rows);
}

size_t ckernels_panel_dwords(const struct ckernels_format *format, size_t inner) {
  return format->planes * dwords_of(inner, format->depth, format->panel / 2) * format->panel + panel_tail(format->depth, format->panel);
}
