// Which levels this processor has.
#include "tables.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

// AMX for both formats, what goes around it, and the leave of the operating system, which a process must ask for because
// tiles are 8 KiB more to save: see arch_prctl(2) and Documentation/arch/x86/xstate.rst of Linux.
static int may_use_tiles(void) {
  enum { ask_for_feature = 0x1023, tile_data = 18 };
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  const unsigned amx = bit_AMXBF16 | bit_AMXTILE | bit_AMXINT8;
  return (d & amx) == amx && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni") &&
         syscall(SYS_arch_prctl, ask_for_feature, tile_data) == 0;
}

// The first answer holds: the system's could change with the stacks of signals, and what was packed for one level must not
// meet another.
static int has_tiles(void) {
  enum { unknown, no, yes };
  static atomic_int answer = unknown;
  int first = atomic_load(&answer);
  if (first == unknown) {
    const int own = may_use_tiles() ? yes : no;
    if (atomic_compare_exchange_strong(&answer, &first, own)) first = own;
  }
  return first == yes;
}
#endif

const struct ckernels_table *ckernels_table_of(enum ckernels_level level) {
  switch (level) {
    case CKERNELS_REFERENCE:
      return &ckernels_reference;
#if defined(__x86_64__)
    // The builtin asks the operating system too, whether it saves these registers.
    case CKERNELS_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ckernels_avx2 : NULL;
    case CKERNELS_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? &ckernels_avx512 : NULL;
    case CKERNELS_AMX:
      return has_tiles() ? &ckernels_amx : NULL;
#endif
    default:
      return NULL;
  }
}

enum ckernels_level ckernels_best_level(void) {
  if (ckernels_table_of(CKERNELS_AMX)) return CKERNELS_AMX;
  if (ckernels_table_of(CKERNELS_AVX512)) return CKERNELS_AVX512;
  if (ckernels_table_of(CKERNELS_AVX2)) return CKERNELS_AVX2;
  return CKERNELS_REFERENCE;
}
