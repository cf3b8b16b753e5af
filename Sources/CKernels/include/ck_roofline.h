#ifndef CK_ROOFLINE_H
#define CK_ROOFLINE_H

/// Multiplies and adds in registers alone, rounds times, with the widest vectors of the instruction set and
/// enough independent chains to hide the latency of a fused multiply-add. Adds the number of operations (a
/// multiplication and an addition are two) to operations. Reads sink, and adds a number to it that depends
/// on all operations, so that the compiler leaves none out.
void ck_fma_peak(long rounds, double *operations, float *sink);

/// y = x.
void ck_copy(const float *x, float *y, long count);

/// y = a + scale * b, the triad of McCalpin's STREAM.
void ck_triad(const float *a, const float *b, float scale, float *y, long count);

#endif
