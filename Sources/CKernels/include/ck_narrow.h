#ifndef CK_NARROW_H
#define CK_NARROW_H

#include "ck_lowering.h"

/// Floats of a padded picture, which holds exactly what its windows cover: ((grid_height - 1) * stride +
/// kernel_height) x ((grid_width - 1) * stride + kernel_width) x channels.
long ck_padded_count(const ck_window *window);

/// Writes a padded picture: the pixels of `picture` that the windows cover, and zeros around them.
void ck_pad(const ck_window *window, const float *picture, float *padded);

/// Writes a picture from a padded one. Pixels that no window covers are zero.
void ck_unpad(const ck_window *window, const float *padded, float *picture);

/// Adds a row of windows, of kernel_height * kernel_width * channels floats each and row_stride apart, to
/// the pixels that they cover. Added to: padded.
void ck_scatter_row(const ck_window *window, const float *rows, long row_stride, int grid_row, float *padded);

#endif
