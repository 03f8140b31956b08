// What Glibc's module does not show to Swift.
#pragma once

/// Names the calling thread (at most 15 bytes are kept), so that perf, gdb and htop are readable.
/// The C function is pthread_setname_np.
void csystem_name_thread(const char *name);

/// Peak resident memory of this process in KiB (getrusage ru_maxrss).
long csystem_peak_kib(void);

/// Seconds since this process was started, dynamic linking included, in steps of 0.01; −1 where it is not told
/// (/proc/self/stat, starttime).
double csystem_seconds_since_start(void);

/// Bytes that malloc has given out in this process, mapped blocks included (mallinfo2; -1 where there is none).
long csystem_heap_in_use(void);

/// Tells the processor that this thread looks again and again, so that it spares energy and a sibling's time.
static inline void csystem_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
