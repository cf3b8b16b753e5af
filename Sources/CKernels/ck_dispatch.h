#ifndef CK_DISPATCH_H
#define CK_DISPATCH_H

// Note [Dispatch]
// ~~~~~~~~~~~~~~~
// A kernel is written once, as an always-inlined body named NAME_body, in plain loops that the compiler
// vectorises. CK_DISPATCH compiles it for each instruction set and defines the public NAME, which picks one at
// run time. On other processors than x86-64 there is one copy, for which the compiler's own baseline (NEON on
// arm64) is right.

#include "ck_isa.h"

#define CK_BODY static inline __attribute__((always_inline)) void

#if defined(__x86_64__)
#define CK_DISPATCH(name, parameters, arguments)                                                                \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) static void name##_avx512 parameters { \
    name##_body arguments;                                                                                      \
  }                                                                                                             \
  __attribute__((target("avx2,fma"))) static void name##_avx2 parameters { name##_body arguments; }             \
  static void name##_baseline parameters { name##_body arguments; }                                             \
  void name parameters {                                                                                        \
    int isa = ck_isa();                                                                                         \
    if (isa == CK_ISA_AVX512)                                                                                   \
      name##_avx512 arguments;                                                                                  \
    else if (isa == CK_ISA_AVX2)                                                                                \
      name##_avx2 arguments;                                                                                    \
    else                                                                                                        \
      name##_baseline arguments;                                                                                \
  }
#else
#define CK_DISPATCH(name, parameters, arguments) \
  void name parameters { name##_body arguments; }
#endif

#endif
