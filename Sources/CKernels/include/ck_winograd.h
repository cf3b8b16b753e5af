#ifndef CK_WINOGRAD_H
#define CK_WINOGRAD_H

/// A convolution with square kernels as the minimal filtering F(m x m, r x r) of Winograd (Lavin and Gray
/// 2016, section 4), over the s x s phase images of the large picture, in which its stride is 1
/// (docs/performance.md).
///
/// Note [Winograd]
/// ~~~~~~~~~~~~~~~
/// In one dimension, m outputs of a stride-1 convolution with r taps g come from n = m + r - 1 inputs d as
/// y = A [(G g) . (B d)], with n products instead of m r. In two dimensions the matrices are applied from
/// both sides. Between the transforms, the layer is n x n matrix products, one for each point, and these
/// take most of the time. All three passes are this one bilinear form.
/// From large to small: y = A (U . B d).
/// From small to large, its transpose in d, where windows overlap and are added: dd = B' (U' . A' dy).
/// The weight gradient, its transpose in g: dg = G' (B d . A' dy).
/// So there are three matrices, each with its transpose, and nothing else.
///
/// A stride s > 1 splits the large picture into s x s phase images; each has its own taps, every s-th of the kernel
/// (zeros where a kernel ends early), and their products add up before the output transform.
///
/// Channels are whole multiples of 16. Pictures are NHWC.
typedef struct {
  /// m, and r, the taps of a phase in one direction: a pair of ck_winograd_has().
  int tile, taps;
  /// s.
  int stride;
  int kernel;
  /// Padding above and left of the large picture.
  int top, left;
  int large_height, large_width, large_channels;
  int small_height, small_width, small_channels;
} ck_winograd;

/// How a transform writes what products read, `numbers` below: as floats; or rounded to bfloat16, two of
/// which share the place of a float (CK_BF16_PAIRS), so that strides count 32 bits. As BF16_ROWS,
/// neighbours along the channels share a place. As BF16_PAIRS, tiles 2i and 2i + 1 from `first` on share
/// one row (of a filter: rows 2i and 2i + 1 from `row` on). bfloat16 only where ck_has_bf16(), and for r up
/// to 3.
enum { CK_AS_FLOATS, CK_AS_BF16_ROWS, CK_AS_BF16_PAIRS };

/// Whether there is a form F(tile x tile, taps x taps): m of 2 or 4 for r of 2 or 3, F(3x3, 4x4) and F(2x2, 5x5).
int ck_winograd_has(int tile, int taps);

/// Tiles of one picture, in rows of ceil(small_width / m).
long ck_winograd_tiles(const ck_winograd *w);

/// B d: for tiles first ..< first + count, counted over (n, row, column) from picture 0 of large on, and the
/// channels channel ..< channel + channels of one phase (row * s + column), writes point p of the i-th tile to
/// v + p * point_stride + i * row_stride.
void ck_winograd_window(const ck_winograd *w, const float *large, long first, long count, int phase, int channel,
                        int channels, float *v, long row_stride, long point_stride, int numbers);

/// B' v, the transpose of ck_winograd_window. Added to: large.
void ck_winograd_window_transposed(const ck_winograd *w, const float *v, long row_stride, long point_stride,
                                   long first, long count, int phase, int channel, int channels, float *large);

/// A m: writes the small pixels of the tiles, channels channel ..< channel + channels, from point p of the i-th tile
/// at m + p * point_stride + i * row_stride.
void ck_winograd_output(const ck_winograd *w, const float *m, long row_stride, long point_stride, long first,
                        long count, int channel, int channels, float *small);

/// A' dy, the transpose of ck_winograd_output: writes m.
void ck_winograd_output_transposed(const ck_winograd *w, const float *small, long first, long count, int channel,
                                   int channels, float *m, long row_stride, long point_stride, int numbers);

/// G g: from the taps of one phase of weights [kernel, kernel, rows, columns], for the rows row ..< row + count,
/// writes U as panels of CK_PANEL columns, [points][panel][row][CK_PANEL], panel_stride and point_stride floats
/// apart; u is where row `row` of panel 0 goes. Columns beyond the last are written as zero.
void ck_winograd_filter(const ck_winograd *w, const float *weights, long rows, long columns, int phase, long row,
                        long count, float *u, long panel_stride, long point_stride, int numbers);

/// G' dU: from point p of row i and column j at u + p * point_stride + i * row_stride + j, writes a block of taps,
/// [r * r][rows][columns].
void ck_winograd_filter_transposed(const ck_winograd *w, const float *u, long row_stride, long point_stride,
                                   long rows, long columns, float *taps);

/// Moves such a block of one phase to its place in weights [kernel, kernel, CL, CS]: rows row ..< row +
/// rows, and columns column ..< column + columns. Where adds, it adds the weights at that place to the
/// block instead, and leaves the weights alone.
void ck_winograd_taps(const ck_winograd *w, int phase, long row, long rows, long column, long columns, float *block,
                      float *weights, int adds);

#endif
