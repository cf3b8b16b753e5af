#ifndef CK_GRID_H
#define CK_GRID_H
#include <stdint.h>

/// The largest value of each cell of a grid x grid grid over a picture x [H, W, C], written to y [grid, grid, C]. Cell i
/// covers the rows floor(i H / grid) to ceil((i + 1) H / grid), as PyTorch's AdaptiveMaxPool2d. H and W are at least
/// grid. NaN is passed over.
void ck_grid_max(const float *x, long height, long width, long channels, long grid, float *y);

/// How many patches of side x side pixels, stride apart, lie in a picture along an edge of `length` pixels.
long ck_patch_count(long length, long side, long stride);

/// Writes the patch with its upper left corner at (row, column) of a picture of bytes [H, W, C] to y [side, side, C], with
/// mean 0 and divided by its standard deviation: sqrt(var + regularizer), var in units of a byte's steps, squared.
void ck_patch(const uint8_t *picture, long width, long channels, long row, long column, long side, float regularizer,
              float *y);

/// The triangle activation of Coates, Ng and Lee (2011, section 3.2.2), added up over patches: sums[k] += max(0, mean z -
/// z[k]), z[k] = the distance of a patch to centroid k.
/// dots: the `centroids` products of the patch with the centroids; overwritten. patch: its squared length. lengths: the
/// centroids' squared lengths.
void ck_triangle(float *dots, float patch, const float *lengths, long centroids, float *sums);

/// The place of the nearest centroid: the largest of dots[k] - lengths[k] / 2; of equals the first.
long ck_nearest(const float *dots, const float *lengths, long centroids);

#endif
