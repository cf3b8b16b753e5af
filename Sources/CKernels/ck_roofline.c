// The machine's peak rates: loops that only the arithmetic units, or only memory, limit.
#include "ck_roofline.h"

#include <string.h>

#include "ck_dispatch.h"

// Chains: latency times units is 8 to 10 fused multiply-adds in flight on the processors of today, and 12 vectors
// with two constants still fit into the 16 registers of AVX2.
enum { chains = 12, inner = 64 };

// One body for each vector width, as only the width differs. x = x * 0.5 + 0.5 tends to 1. Its start is
// known only at run time, as the compiler would leave out a chain that it knows to be constant.
#define CK_FMA_BODY(name, bytes)                                                                         \
  CK_BODY name(long rounds, double *operations, float *sink) {                                           \
    typedef float vector __attribute__((vector_size(bytes)));                                            \
    vector x[chains], half = (vector){0} + 0.5f;                                                         \
    const float start = *sink;                                                                           \
    for (int c = 0; c < chains; c++) x[c] = half * (start + (float)(c + 2));                             \
    for (long r = 0; r < rounds; r++)                                                                    \
      _Pragma("clang loop unroll_count(4)") for (int i = 0; i < inner; i++)                              \
          _Pragma("clang loop unroll(full)") for (int c = 0; c < chains; c++) x[c] = x[c] * half + half; \
    vector sum = {0};                                                                                    \
    for (int c = 0; c < chains; c++) sum += x[c];                                                        \
    for (int l = 0; l < (int)(bytes / sizeof(float)); l++) *sink += sum[l];                              \
    *operations += 2.0 * chains * inner * (double)(bytes / sizeof(float)) * (double)rounds;              \
  }

CK_FMA_BODY(fma_16_bytes, 16)

#if defined(__x86_64__)
CK_FMA_BODY(fma_32_bytes, 32)
CK_FMA_BODY(fma_64_bytes, 64)

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) static void fma_avx512(
    long rounds, double *operations, float *sink) {
  fma_64_bytes(rounds, operations, sink);
}

__attribute__((target("avx2,fma"))) static void fma_avx2(long rounds, double *operations, float *sink) {
  fma_32_bytes(rounds, operations, sink);
}

void ck_fma_peak(long rounds, double *operations, float *sink) {
  int isa = ck_isa();
  if (isa == CK_ISA_AVX512)
    fma_avx512(rounds, operations, sink);
  else if (isa == CK_ISA_AVX2)
    fma_avx2(rounds, operations, sink);
  else
    fma_16_bytes(rounds, operations, sink);
}
#else
void ck_fma_peak(long rounds, double *operations, float *sink) { fma_16_bytes(rounds, operations, sink); }
#endif

void ck_copy(const float *x, float *y, long count) { memcpy(y, x, sizeof(float) * (size_t)count); }

CK_BODY ck_triad_body(const float *restrict a, const float *restrict b, float scale, float *restrict y, long count) {
  for (long i = 0; i < count; i++) y[i] = a[i] + scale * b[i];
}

CK_DISPATCH(ck_triad, (const float *a, const float *b, float scale, float *y, long count), (a, b, scale, y, count))
