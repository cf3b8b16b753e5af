#ifndef CK_PRODUCT_H
#define CK_PRODUCT_H

/// Columns of a panel of the right factor.
#define CK_PANEL 32

/// What the factors hold, `numbers` below: floats; or pairs of bfloat16 that follow one another in k, the
/// earlier one in the lower half of each 32 bits. With pairs, which need ck_has_bf16(), k counts pairs and
/// strides count 32 bits. c holds floats either way.
enum { CK_FLOATS, CK_BF16_PAIRS };

/// c = a b, or c += a b where adds: c [m x n] with rows leading_c apart, a [m x k] with rows leading_a apart
/// (or [k x m] where a_is_transposed), b in panels of CK_PANEL columns, panel_b floats apart, each
/// [k x CK_PANEL] with rows leading_b apart. n is rounded up to a multiple of 16: c and b have that many
/// columns.
///
/// Note [Own products]
/// ~~~~~~~~~~~~~~~~~~~
/// One accumulator takes each sum, over k in order, from zero on; the sum is then written or added to c. So
/// its bits do not depend on m, n or the row's place in the matrix: pictures of several slices may share a
/// call, and rows and columns may be cut to suit threads and caches. The bits do depend on where k is cut
/// into calls, so every caller cuts k at places that its geometry alone decides (short cuts also keep the
/// rounding small: sums of 1,024 products in blocks of 128 have a third of the error). With floats, AVX2
/// and AVX-512 give the same bits; the baseline of x86-64 gives others, as it rounds each product.
void ck_product(long m, long n, long k, const float *a, long leading_a, int a_is_transposed, const float *b,
                long leading_b, long panel_b, float *c, long leading_c, int adds, int numbers);

/// c = a' b, or c += a' b where adds, for row-major a [k x m] and b [k x n]; n is a multiple of 16. next_a
/// and next_b are the factors of the product that comes after this one, of the same sizes, or null. They
/// are fetched into the cache meanwhile.
void ck_product_columns(long m, long n, long k, const float *a, long leading_a, const float *b, long leading_b,
                        float *c, long leading_c, int adds, const float *next_a, const float *next_b,
                        int numbers);

/// The same as ck_product, of floats, where k runs over `segments` pieces of `segment` floats of a,
/// segment_stride apart: the rows of a are windows, whose pieces need not be copied together.
void ck_product_segments(long m, long n, long segments, long segment, const float *a, long leading_a,
                         long segment_stride, const float *b, long leading_b, long panel_b, float *c, long leading_c,
                         int adds);

#endif
