// Declarations that the files of this target share.
#ifndef CIMAGE_INTERNAL_H
#define CIMAGE_INTERNAL_H
#include <stdarg.h>
#include <stdio.h>

#include "cimage.h"

/// Writes a formatted sentence to error, as cimage.h describes, and returns -1.
__attribute__((format(printf, 3, 4))) static inline int cimage_fail(char *error, size_t error_size, const char *format,
                                                                    ...) {
  if (error && error_size) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
  }
  return -1;
}

/// Whether a picture of this size is refused: empty, or more pixels than CIMAGE_PIXEL_LIMIT.
static inline int cimage_bad_size(uint64_t width, uint64_t height) {
  return width == 0 || height == 0 || width > CIMAGE_PIXEL_LIMIT || height > CIMAGE_PIXEL_LIMIT ||
         width * height > CIMAGE_PIXEL_LIMIT;
}

/// Luma of ITU-R BT.601, rounded; the weights sum to 65536, so a gray pixel keeps its value.
static inline uint8_t cimage_luma(unsigned red, unsigned green, unsigned blue) {
  return (uint8_t)((19595u * red + 38470u * green + 7471u * blue + 32768u) >> 16);
}

/// a * b / 255, rounded, for a and b up to 255.
static inline unsigned cimage_scale(unsigned a, unsigned b) { return (a * b + 127u) / 255u; }

int cimage_jpeg_header(const uint8_t *bytes, size_t size, int *width, int *height, char *error, size_t error_size);
int cimage_jpeg_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                       char *error, size_t error_size);
int cimage_png_header(const uint8_t *bytes, size_t size, int *width, int *height, char *error, size_t error_size);
int cimage_png_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                      char *error, size_t error_size);

#endif
