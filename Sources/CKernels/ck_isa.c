#include "ck_isa.h"

static int limit = CK_ISA_AVX512;

int ck_isa_available(void) {
#if defined(__x86_64__)
  static int found = -1;
  if (found < 0) {
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    found = avx2 && avx512 ? CK_ISA_AVX512 : avx2 ? CK_ISA_AVX2 : CK_ISA_BASELINE;
  }
  return found;
#else
  return CK_ISA_BASELINE;
#endif
}

int ck_has_bf16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return ck_isa() == CK_ISA_AVX512 && __builtin_cpu_supports("avx512bf16");
#else
  return 0;
#endif
}

int ck_isa(void) {
  int available = ck_isa_available();
  return available < limit ? available : limit;
}

void ck_isa_limit(int isa) { limit = isa; }

const char *ck_isa_name(int isa) {
  return isa == CK_ISA_AVX512 ? "avx512" : isa == CK_ISA_AVX2 ? "avx2" : "baseline";
}
