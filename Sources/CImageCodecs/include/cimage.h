#ifndef CIMAGE_H
#define CIMAGE_H
#include <stddef.h>
#include <stdint.h>

// JPEG and PNG in memory, by libjpeg(-turbo) and libpng. The libraries' exits on errors are trapped: no function here
// ends the process, prints anything or leaks memory after an error. All functions may be called from several threads
// at once. Pixels have 8 bits a channel, rows from the top, channels together (HWC), without padding.
//
// A function that can fail returns 0, or -1 after it wrote a sentence without a full stop to error (at most error_size
// bytes, the zero at the end included; nothing if error_size is 0).

/// The kind of a file, told by its first bytes.
enum { CIMAGE_UNKNOWN = 0, CIMAGE_JPEG = 1, CIMAGE_PNG = 2 };

/// The most pixels of a picture; a larger picture is an error before memory is allocated for it.
enum { CIMAGE_PIXEL_LIMIT = 100000000 };

/// How many of a file's first bytes cimage_kind needs.
enum { CIMAGE_SIGNATURE_SIZE = 8 };

/// The kind of the file that starts with these bytes: CIMAGE_JPEG, CIMAGE_PNG or CIMAGE_UNKNOWN.
int cimage_kind(const uint8_t *bytes, size_t size);

/// Reads the header alone: the kind, and the width and height in pixels. The rest of the file is not checked.
int cimage_probe(const uint8_t *bytes, size_t size, int *kind, int *width, int *height, char *error,
                 size_t error_size);

/// Decodes a whole JPEG or PNG of any kind (gray, palette, with alpha, 16 bits, interlaced, progressive, CMYK,
/// YCCK) into *pixels, a new block of *width x *height x channels bytes for cimage_free.
///
/// channels: 1 gives gray (luma 0.299 R + 0.587 G + 0.114 B), 3 gives RGB. Transparent pixels are put over white. A
/// file that ends before its last pixel or holds damaged data is an error; *pixels is then NULL. It is no error if
/// only the part after the pixels is missing (a JPEG's end marker, a PNG's last chunk).
int cimage_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                  char *error, size_t error_size);

/// Encodes width x height x channels bytes (channels 1: gray, 3: RGB) as a PNG into *out, a new block of *out_size
/// bytes for cimage_free. Equal pixels give equal bytes, as neither a time nor a text is written.
int cimage_png_encode(const uint8_t *pixels, int width, int height, int channels, uint8_t **out, size_t *out_size,
                      char *error, size_t error_size);

/// Like cimage_png_encode, but encodes a baseline JPEG of the given quality (1 to 100). channels may also be 4: CMYK in
/// Adobe's form, where 255 is no ink.
int cimage_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **out,
                       size_t *out_size, char *error, size_t error_size);

/// Frees a block that a function of this file returned; NULL is allowed.
void cimage_free(void *block);

#endif
