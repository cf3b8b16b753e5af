#ifndef CK_ROOFLINE_H
#define CK_ROOFLINE_H

/// Multiplies and adds in registers alone, rounds times: as many independent chains as hide the latency of a fused
/// multiply-add, of the widest vectors that the instruction set has. Adds the number of operations (a multiplication
/// and an addition are two) to operations. Reads sink, and adds to it a number that depends on all of them, so that
/// none is left out.
void ck_fma_peak(long rounds, double *operations, float *sink);

/// y = x.
void ck_copy(const float *x, float *y, long count);

/// y = a + scale * b, the triad of McCalpin's STREAM.
void ck_triad(const float *a, const float *b, float scale, float *y, long count);

#endif
