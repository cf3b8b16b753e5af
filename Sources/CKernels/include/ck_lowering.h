#ifndef CK_LOWERING_H
#define CK_LOWERING_H

/// A grid of windows over pictures in NHWC order. Window (i, j) covers the source rows
/// i * stride + top + 0 ..< kernel_height and the columns j * stride + left + 0 ..< kernel_width; what lies outside
/// the source counts as zero.
typedef struct {
  int height, width, channels;
  int grid_height, grid_width;
  int kernel_height, kernel_width, stride;
  int top, left;
} ck_window;

/// Lowers windows to matrix rows: for the windows first ..< first + count, counted over (n, i, j), writes
/// the kernel rows kh_begin ..< kh_end of each, (kh, kw, c) in order, as one row of (kh_end - kh_begin) *
/// kernel_width * channels floats per window. source is picture 0.
void ck_lower(const ck_window *window, const float *source, long first, long count, int kh_begin, int kh_end,
              float *rows);

/// The adjoint of ck_lower for whole kernels within one picture: adds the rows of the windows
/// first ..< first + count (counted over (i, j)) to the pixels they came from. Added to: picture.
void ck_scatter(const ck_window *window, const float *rows, long first, long count, float *picture);

/// Writes the pixels of one phase: row r of the dense matrix rows (channels wide) becomes pixel (i * stride
/// + a, j * stride + b) of picture n, where (n, i, j) is position first + r in a grid of grid_height x
/// grid_width per picture. Pictures are height x width x channels.
void ck_store_phase(const float *rows, long first, long count, int grid_height, int grid_width, int stride, int a,
                    int b, int height, int width, int channels, float *pictures);

/// Writes the transpose of source [rows x columns] to target [columns x rows].
void ck_transpose(const float *source, long rows, long columns, float *target);

/// Sets the first `columns` floats of `count` rows, `leading` floats apart, to zero.
void ck_clear_columns(float *rows, long count, long columns, long leading);

/// Copies the first `columns` floats of `count` rows.
void ck_copy_rows(const float *source, long leading_source, float *target, long leading_target, long count,
                  long columns);

/// Adds the first `columns` floats of `count` rows of source to those of target.
void ck_add_rows(const float *source, long leading_source, float *target, long leading_target, long count,
                 long columns);

#endif
