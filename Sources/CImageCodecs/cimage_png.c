// PNG by libpng. On an error the library calls its error function, which here does a longjmp back.
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "cimage_internal.h"

// All variables that are needed after a longjmp are here, in the caller's frame: a local variable of the function with
// setjmp that changes after setjmp has no defined value then.
struct reader {
  png_structp png;
  png_infop info;
  jmp_buf leave;
  const uint8_t *bytes;
  size_t size, position;
  uint8_t *pixels;    // in the form of the file: gray, gray + alpha, RGB or RGBA
  uint8_t *result;    // in the form that the caller wants
  png_bytep *rows;
  size_t pixels_end;  // once all rows are read, where the last chunk of pixels ends; 0 before
  char *error;
  size_t error_size;
};

struct writer {
  png_structp png;
  png_infop info;
  jmp_buf leave;
  uint8_t *out;
  size_t size, capacity;
  char *error;
  size_t error_size;
};

// The value of a longjmp: an error, or the end of the file after its pixels.
enum { FAILED = 1, AFTER_PIXELS = 2 };

static void reader_exit(png_structp png, png_const_charp text) {
  struct reader *r = png_get_error_ptr(png);
  cimage_fail(r->error, r->error_size, "the PNG cannot be read: %s", text);
  longjmp(r->leave, FAILED);
}

static void writer_exit(png_structp png, png_const_charp text) {
  struct writer *w = png_get_error_ptr(png);
  cimage_fail(w->error, w->error_size, "the PNG cannot be written: %s", text);
  longjmp(w->leave, 1);
}

static void silent(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void take(png_structp png, png_bytep target, size_t count) {
  struct reader *r = png_get_io_ptr(png);
  if (count > r->size - r->position) {
    // If the end of the file is missing after the pixels, whose checksums were read by then, the picture is complete.
    if (r->pixels_end && r->position >= r->pixels_end) longjmp(r->leave, AFTER_PIXELS);
    cimage_fail(r->error, r->error_size, "the PNG is truncated");
    longjmp(r->leave, FAILED);
  }
  memcpy(target, r->bytes + r->position, count);
  r->position += count;
}

static void put(png_structp png, png_bytep source, size_t count) {
  struct writer *w = png_get_io_ptr(png);
  if (count > w->capacity - w->size) {
    size_t capacity = w->capacity * 2 + count + 4096;
    uint8_t *larger = realloc(w->out, capacity);
    if (!larger) png_error(png, "no memory");
    w->out = larger;
    w->capacity = capacity;
  }
  memcpy(w->out + w->size, source, count);
  w->size += count;
}

static void flush(png_structp png) { (void)png; }

static int begin(struct reader *r) {
  r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, reader_exit, silent);
  if (!r->png) return cimage_fail(r->error, r->error_size, "libpng cannot be started");
  r->info = png_create_info_struct(r->png);
  if (!r->info) return cimage_fail(r->error, r->error_size, "no memory");
  png_set_read_fn(r->png, r, take);
  png_set_user_limits(r->png, CIMAGE_PIXEL_LIMIT, CIMAGE_PIXEL_LIMIT);
  png_set_chunk_malloc_max(r->png, 1 << 26);
  // Texts, profiles and other chunks that are not needed are skipped.
  png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(r->png, r->info);
  png_uint_32 width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
  if (cimage_bad_size(width, height))
    return cimage_fail(r->error, r->error_size, "the PNG is %u x %u; the most is %d pixels", (unsigned)width,
                       (unsigned)height, CIMAGE_PIXEL_LIMIT);
  return 0;
}

static int read_header(struct reader *r) {
  if (setjmp(r->leave)) return -1;
  return begin(r);
}

// Puts pixels over white and converts them to the channels asked for.
static void convert(const uint8_t *in, int in_channels, uint8_t *out, int channels, size_t count) {
  for (size_t i = 0; i < count; i++, in += in_channels) {
    unsigned alpha = in_channels == 2 ? in[1] : in_channels == 4 ? in[3] : 255u;
    unsigned colour[3];
    for (int c = 0; c < 3; c++) {
      unsigned value = in_channels >= 3 ? in[c] : in[0];
      colour[c] = cimage_scale(value, alpha) + (255u - alpha);
      if (colour[c] > 255u) colour[c] = 255u;
    }
    if (channels == 1) {
      *out++ = cimage_luma(colour[0], colour[1], colour[2]);
    } else {
      for (int c = 0; c < 3; c++) *out++ = (uint8_t)colour[c];
    }
  }
}

// The offset at which the last chunk of pixels ends; 0 if a chunk of pixels is incomplete. A chunk is its length, its
// type, its data and their checksum.
static size_t end_of_pixels(const uint8_t *bytes, size_t size) {
  size_t end = 0;
  for (size_t at = 8; size - at >= 8;) {
    size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 | (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    int holds_pixels = memcmp(bytes + at + 4, "IDAT", 4) == 0;
    if (size - at - 8 < length + 4) return holds_pixels ? 0 : end;
    at += 12 + length;
    if (holds_pixels) end = at;
  }
  return end;
}

// Reads all rows with the channels of the file, 8 bits each.
static int read_rows(struct reader *r) {
  int left = setjmp(r->leave);
  if (left) return left == AFTER_PIXELS ? 0 : -1;
  if (begin(r)) return -1;
  png_set_expand(r->png);     // palettes, fewer than 8 bits, transparent colours
  png_set_scale_16(r->png);   // 16 bits to 8 with rounding
  png_set_interlace_handling(r->png);
  png_read_update_info(r->png, r->info);
  size_t width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
  int stored = png_get_channels(r->png, r->info);
  size_t stride = png_get_rowbytes(r->png, r->info);
  if (stride != width * (size_t)stored)
    return cimage_fail(r->error, r->error_size, "the PNG cannot be read: rows of %zu bytes", stride);
  r->pixels = malloc(stride * height);
  r->rows = malloc(height * sizeof *r->rows);
  if (!r->pixels || !r->rows)
    return cimage_fail(r->error, r->error_size, "no memory for a picture of %zu x %zu", width, height);
  for (size_t y = 0; y < height; y++) r->rows[y] = r->pixels + y * stride;
  png_read_image(r->png, r->rows);
  r->pixels_end = end_of_pixels(r->bytes, r->size);
  png_read_end(r->png, NULL);
  return 0;
}

static int decode(struct reader *r, int channels) {
  if (read_rows(r)) return -1;
  size_t width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
  int stored = png_get_channels(r->png, r->info);
  if (stored == channels) {
    r->result = r->pixels;
    r->pixels = NULL;
    return 0;
  }
  r->result = malloc(width * height * (size_t)channels);
  if (!r->result) return cimage_fail(r->error, r->error_size, "no memory for a picture of %zu x %zu", width, height);
  convert(r->pixels, stored, r->result, channels, width * height);
  return 0;
}

int cimage_png_header(const uint8_t *bytes, size_t size, int *width, int *height, char *error, size_t error_size) {
  struct reader r = {.bytes = bytes, .size = size, .error = error, .error_size = error_size};
  int result = read_header(&r);
  if (result == 0) {
    *width = (int)png_get_image_width(r.png, r.info);
    *height = (int)png_get_image_height(r.png, r.info);
  }
  png_destroy_read_struct(&r.png, &r.info, NULL);
  return result;
}

int cimage_png_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                      char *error, size_t error_size) {
  struct reader r = {.bytes = bytes, .size = size, .error = error, .error_size = error_size};
  int result = decode(&r, channels);
  if (result == 0) {
    *pixels = r.result;
    *width = (int)png_get_image_width(r.png, r.info);
    *height = (int)png_get_image_height(r.png, r.info);
  } else {
    free(r.result);
  }
  free(r.pixels);
  free(r.rows);
  png_destroy_read_struct(&r.png, &r.info, NULL);
  return result;
}

static int encode(struct writer *w, const uint8_t *pixels, int width, int height, int channels) {
  if (setjmp(w->leave)) return -1;
  w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w, writer_exit, silent);
  if (!w->png) return cimage_fail(w->error, w->error_size, "libpng cannot be started");
  w->info = png_create_info_struct(w->png);
  if (!w->info) return cimage_fail(w->error, w->error_size, "no memory");
  png_set_write_fn(w->png, w, put, flush);
  png_set_user_limits(w->png, CIMAGE_PIXEL_LIMIT, CIMAGE_PIXEL_LIMIT);
  png_set_IHDR(w->png, w->info, (png_uint_32)width, (png_uint_32)height, 8,
               channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(w->png, 6);
  png_write_info(w->png, w->info);
  for (int y = 0; y < height; y++)
    png_write_row(w->png, pixels + (size_t)y * (size_t)width * (size_t)channels);
  png_write_end(w->png, w->info);
  return 0;
}

int cimage_png_encode(const uint8_t *pixels, int width, int height, int channels, uint8_t **out, size_t *out_size,
                      char *error, size_t error_size) {
  *out = NULL;
  *out_size = 0;
  if (channels != 1 && channels != 3)
    return cimage_fail(error, error_size, "a PNG is written from 1 or 3 channels, not %d", channels);
  if (width <= 0 || height <= 0 || cimage_bad_size((uint64_t)width, (uint64_t)height))
    return cimage_fail(error, error_size, "a PNG of %d x %d cannot be written; the most is %d pixels", width, height,
                       CIMAGE_PIXEL_LIMIT);
  struct writer w = {.error = error, .error_size = error_size};
  int result = encode(&w, pixels, width, height, channels);
  png_destroy_write_struct(&w.png, &w.info);
  if (result == 0) {
    *out = w.out;
    *out_size = w.size;
  } else {
    free(w.out);
  }
  return result;
}
