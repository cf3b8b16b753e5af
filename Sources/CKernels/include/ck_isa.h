#ifndef CK_ISA_H
#define CK_ISA_H

/// The instruction sets that kernels are compiled for, in ascending order.
enum { CK_ISA_BASELINE = 0, CK_ISA_AVX2 = 1, CK_ISA_AVX512 = 2 };

/// The instruction set that kernels run on: the highest that this CPU has, unless ck_isa_limit lowered it.
int ck_isa(void);

/// The highest instruction set that this CPU has.
int ck_isa_available(void);

/// Limits kernels to at most this instruction set from now on. Not to be called while kernels run.
void ck_isa_limit(int isa);

/// "baseline", "avx2" or "avx512".
const char *ck_isa_name(int isa);

/// Whether the CPU multiplies pairs of bfloat16 (AVX512_BF16) and the instruction set in use is AVX-512.
int ck_has_bf16(void);

#endif
