// onednn_rate [SECONDS [PRECISION]]: GFLOP/s (for int8 GOP/s) of oneDNN's inner product with prepacked weights at three
// shapes of the base model, one JSON object a line. The number of threads is OMP_NUM_THREADS, which must be set.
//
//     cc -O2 bench/onednn_rate.c -ldnnl -o onednn_rate && OMP_NUM_THREADS=1 ./onednn_rate
//
// It is the yardstick of bench/peers: what this processor's best library reaches where nothing but the product is done.
// bf16 is summed into f32; int8 is u8 times s8, which the processor multiplies as it is, into s32.
#include <oneapi/dnnl/dnnl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(call) check((call), #call)

static void check(dnnl_status_t status, const char *call) {
  if (status == dnnl_success) return;
  fprintf(stderr, "onednn_rate: %s: status %d\n", call, (int)status);
  exit(70);
}

static double seconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

struct precision {
  const char *name;
  dnnl_data_type_t source, weight, result;
};

// Memory of `layout`, filled so that its numbers are small and ordinary: a denormal would be slow.
static dnnl_memory_t filled(const dnnl_memory_desc_t *layout, dnnl_engine_t engine, dnnl_data_type_t type) {
  dnnl_memory_t memory;
  void *values;
  size_t bytes = dnnl_memory_desc_get_size(layout);
  CHECK(dnnl_memory_create(&memory, layout, engine, DNNL_MEMORY_ALLOCATE));
  CHECK(dnnl_memory_get_data_handle(memory, &values));
  uint32_t state = 1;
  for (size_t i = 0; i < bytes / dnnl_data_type_size(type); i++) {
    state = state * 1664525u + 1013904223u;
    float value = (float)(state >> 8) / 16777216.0f - 0.5f;
    uint32_t bits;
    memcpy(&bits, &value, 4);
    switch (type) {
      case dnnl_f32: ((float *)values)[i] = value; break;
      case dnnl_bf16: ((uint16_t *)values)[i] = (uint16_t)(bits >> 16); break;
      default: ((uint8_t *)values)[i] = (uint8_t)(state >> 26); break;
    }
  }
  return memory;
}

// The median rate of those products that had their processors for themselves, or of all; 0 where oneDNN has no such product.
static double rate(dnnl_engine_t engine, const struct precision *p, int m, int n, int k, double seconds, int threads) {
  dnnl_memory_desc_t source, weight, result;
  CHECK(dnnl_memory_desc_init_by_tag(&source, 2, (dnnl_dims_t){m, k}, p->source, dnnl_ab));
  // 'any' lets the product choose how the weights are packed.
  CHECK(dnnl_memory_desc_init_by_tag(&weight, 2, (dnnl_dims_t){n, k}, p->weight, dnnl_format_tag_any));
  CHECK(dnnl_memory_desc_init_by_tag(&result, 2, (dnnl_dims_t){m, n}, p->result, dnnl_ab));
  dnnl_inner_product_desc_t wanted;
  CHECK(dnnl_inner_product_forward_desc_init(&wanted, dnnl_forward_inference, &source, &weight, NULL, &result));
  dnnl_primitive_desc_t chosen;
  if (dnnl_primitive_desc_create(&chosen, &wanted, NULL, engine, NULL) != dnnl_success) return 0;
  dnnl_primitive_t product;
  dnnl_stream_t stream;
  CHECK(dnnl_primitive_create(&product, chosen));
  CHECK(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));

  const dnnl_memory_desc_t *packed = dnnl_primitive_desc_query_md(chosen, dnnl_query_weights_md, 0);
  dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, filled(&source, engine, p->source)},
      {DNNL_ARG_WEIGHTS, filled(packed, engine, p->weight)},
      {DNNL_ARG_DST, filled(&result, engine, p->result)},
  };
  enum { LIMIT = 4096 };
  static double all[LIMIT], undisturbed[LIMIT];
  int count = 0, kept = 0;
  double end = 0;
  for (int run = -3; count < LIMIT; run++) {
    double start = seconds_of(CLOCK_MONOTONIC), spent = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    CHECK(dnnl_primitive_execute(product, stream, 3, arguments));
    CHECK(dnnl_stream_wait(stream));
    spent = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - spent;
    double after = seconds_of(CLOCK_MONOTONIC);
    if (run < 0) { end = after + seconds; continue; }  // the first ones warm up
    all[count++] = after - start;
    if (spent > 0.97 * threads * (after - start)) undisturbed[kept++] = after - start;
    if (after > end) break;
  }
  double *times = kept >= 3 ? undisturbed : all;
  count = kept >= 3 ? kept : count;
  qsort(times, count, sizeof *times, ascending);
  for (int i = 0; i < 3; i++) dnnl_memory_destroy(arguments[i].memory);
  dnnl_stream_destroy(stream);
  dnnl_primitive_destroy(product);
  dnnl_primitive_desc_destroy(chosen);
  return 2.0 * m * n * k / times[count / 2] / 1e9;
}

int main(int count, char **arguments) {
  double seconds = count > 1 ? atof(arguments[1]) : 0.3;
  const char *wanted = getenv("OMP_NUM_THREADS");
  int threads = wanted ? atoi(wanted) : 0;
  if (threads < 1) {
    fprintf(stderr, "onednn_rate: set OMP_NUM_THREADS\n");
    return 64;
  }
  static const struct precision precisions[] = {
      {"f32", dnnl_f32, dnnl_f32, dnnl_f32},
      {"bf16", dnnl_bf16, dnnl_bf16, dnnl_f32},
      {"int8", dnnl_u8, dnnl_s8, dnnl_s32},
  };
  static const int shapes[][3] = {{800, 1536, 512}, {800, 512, 2048}, {128, 1536, 512}};
  dnnl_engine_t engine;
  CHECK(dnnl_engine_create(&engine, dnnl_cpu, 0));
  const dnnl_version_t *version = dnnl_version();
  for (int p = 0; p < 3; p++) {
    if (count > 2 && strcmp(arguments[2], precisions[p].name) != 0) continue;
    for (int s = 0; s < 3; s++) {
      const int *d = shapes[s];
      printf("{\"onednn\": \"%d.%d.%d\", \"precision\": \"%s\", \"shape\": \"%dx%dx%d\", \"gflops\": %.1f}\n",
             version->major, version->minor, version->patch, precisions[p].name, d[0], d[1], d[2],
             rate(engine, &precisions[p], d[0], d[1], d[2], seconds, threads));
      fflush(stdout);
    }
  }
  dnnl_engine_destroy(engine);
}
