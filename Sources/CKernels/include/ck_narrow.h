#ifndef CK_NARROW_H
#define CK_NARROW_H

#include "ck_lowering.h"

/// Floats of a picture with all that its windows cover, and no more:
/// ((grid_height - 1) * stride + kernel_height) x ((grid_width - 1) * stride + kernel_width) x channels.
long ck_padded_count(const ck_window *window);

/// Writes such a picture: zeros, and what of `picture` the windows cover.
void ck_pad(const ck_window *window, const float *picture, float *padded);

/// Writes a picture from such a one; pixels that no window covers are zero.
void ck_unpad(const ck_window *window, const float *padded, float *picture);

/// Adds a row of windows, kernel_height * kernel_width * channels floats each, row_stride apart, to the pixels that
/// they cover. Added to: padded.
void ck_scatter_row(const ck_window *window, const float *rows, long row_stride, int grid_row, float *padded);

#endif
