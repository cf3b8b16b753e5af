// The functions that choose the codec for a file.
#include "cimage.h"

#include <stdlib.h>
#include <string.h>

#include "cimage_internal.h"

int cimage_kind(const uint8_t *bytes, size_t size) {
  static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  static const uint8_t jpeg[3] = {0xFF, 0xD8, 0xFF};
  if (!bytes) return CIMAGE_UNKNOWN;
  if (size >= sizeof png && memcmp(bytes, png, sizeof png) == 0) return CIMAGE_PNG;
  if (size >= sizeof jpeg && memcmp(bytes, jpeg, sizeof jpeg) == 0) return CIMAGE_JPEG;
  return CIMAGE_UNKNOWN;
}

static int unknown(size_t size, char *error, size_t error_size) {
  if (size == 0) return cimage_fail(error, error_size, "the file is empty");
  return cimage_fail(error, error_size, "the file is neither a JPEG nor a PNG");
}

int cimage_probe(const uint8_t *bytes, size_t size, int *kind, int *width, int *height, char *error,
                 size_t error_size) {
  *kind = cimage_kind(bytes, size);
  switch (*kind) {
    case CIMAGE_JPEG: return cimage_jpeg_header(bytes, size, width, height, error, error_size);
    case CIMAGE_PNG: return cimage_png_header(bytes, size, width, height, error, error_size);
    default: return unknown(size, error, error_size);
  }
}

int cimage_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                  char *error, size_t error_size) {
  *pixels = NULL;
  if (channels != 1 && channels != 3)
    return cimage_fail(error, error_size, "pictures are decoded to 1 or 3 channels, not %d", channels);
  switch (cimage_kind(bytes, size)) {
    case CIMAGE_JPEG: return cimage_jpeg_decode(bytes, size, channels, pixels, width, height, error, error_size);
    case CIMAGE_PNG: return cimage_png_decode(bytes, size, channels, pixels, width, height, error, error_size);
    default: return unknown(size, error, error_size);
  }
}

void cimage_free(void *block) { free(block); }
