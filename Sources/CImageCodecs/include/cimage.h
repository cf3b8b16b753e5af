#ifndef CIMAGE_H
#define CIMAGE_H
#include <stddef.h>
#include <stdint.h>

// JPEG and PNG in memory, over libjpeg(-turbo) and libpng, with their error exits trapped: no function here
// ends the process, prints anything or keeps memory on an error. All functions may be called from any number of
// threads at once. Pixels are 8 bits a channel, rows from the top, channels together (HWC), without padding.
//
// Functions that can fail return 0, or -1 and write a sentence without a full stop to error (at most error_size
// bytes with its end; nothing if error_size is 0).

/// What a file is, told by its first bytes and never by its name.
enum { CIMAGE_UNKNOWN = 0, CIMAGE_JPEG = 1, CIMAGE_PNG = 2 };

/// The most pixels a picture may have; a larger one is refused before memory is taken for it.
enum { CIMAGE_PIXEL_LIMIT = 100000000 };

/// How many first bytes cimage_kind needs.
enum { CIMAGE_SIGNATURE_SIZE = 8 };

/// The kind of the file that starts with these bytes: CIMAGE_JPEG, CIMAGE_PNG or CIMAGE_UNKNOWN.
int cimage_kind(const uint8_t *bytes, size_t size);

/// Reads the header alone: the kind, and the width and height in pixels. The picture itself may still turn out
/// to be damaged.
int cimage_probe(const uint8_t *bytes, size_t size, int *kind, int *width, int *height, char *error,
                 size_t error_size);

/// Decodes a whole JPEG or PNG of any kind (gray, palette, with alpha, 16 bits, interlaced, progressive, CMYK,
/// YCCK) into *pixels, a new block of *width x *height x channels bytes for cimage_free.
///
/// channels: 1 gives gray (luma 0.299 R + 0.587 G + 0.114 B), 3 gives RGB. What is transparent shows white. A file
/// that ends before its last pixel or holds damaged data is an error; *pixels is then NULL. One that lacks only what
/// comes after the pixels (a JPEG's end marker, a PNG's last chunk) is good.
int cimage_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                  char *error, size_t error_size);

/// Encodes width x height x channels bytes (channels 1: gray, 3: RGB) as a PNG into *out, a new block of *out_size
/// bytes for cimage_free. Equal pixels give equal bytes: no time and no text is written.
int cimage_png_encode(const uint8_t *pixels, int width, int height, int channels, uint8_t **out, size_t *out_size,
                      char *error, size_t error_size);

/// Encodes like cimage_png_encode, as a baseline JPEG of the given quality (1 to 100). channels 4: CMYK in Adobe's
/// sense, 255 for no ink.
int cimage_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **out,
                       size_t *out_size, char *error, size_t error_size);

/// Frees what a function of this file returned; NULL is allowed.
void cimage_free(void *block);

#endif
