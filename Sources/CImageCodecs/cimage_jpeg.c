// Reading JPEG by libjpeg or libjpeg-turbo. On an error the library calls error_exit, which here does a longjmp back.
//
// A file may lack its end marker (EOI) and still hold every pixel. So at the end of the bytes the library is given an
// EOI, once. The picture is then accepted only if no part of it is missing (has_all_scans, ends_with_its_picture).
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>

#include <jerror.h>

#include "cimage_internal.h"

// All variables that are needed after a longjmp are here, in the caller's frame: a local variable of the function with
// setjmp that changes after setjmp has no defined value then.
struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  jmp_buf leave;
  uint8_t *pixels;
  uint8_t *row;
  int ended;   // whether the bytes ended before the EOI
  char *error;
  size_t error_size;
};

static void truncated(struct decoder *d) {
  cimage_fail(d->error, d->error_size, "the JPEG is truncated");
  longjmp(d->leave, 1);
}

static void decoder_exit(j_common_ptr jpeg) {
  struct decoder *d = jpeg->client_data;
  // After the end of the bytes, the library's error is about the EOI that it was given.
  if (d->ended) truncated(d);
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  cimage_fail(d->error, d->error_size, "the JPEG cannot be read: %s", text);
  longjmp(d->leave, 1);
}

// Messages are never printed. Warnings that mean lost pixels are errors here, as the library fills lost pixels with
// gray.
static void decoder_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
    case JWRN_ARITH_BAD_CODE: decoder_exit(jpeg); break;
    default: break;
  }
}

static void silent(j_common_ptr jpeg) { (void)jpeg; }
static void nothing(j_decompress_ptr jpeg) { (void)jpeg; }

// The library asks for bytes again after the EOI only if it took the EOI for other data: the file ends within a
// segment.
static boolean data_ended(j_decompress_ptr jpeg) {
  static const JOCTET end[2] = {0xFF, JPEG_EOI};
  struct decoder *d = jpeg->client_data;
  if (d->ended) truncated(d);
  d->ended = 1;
  jpeg->src->next_input_byte = end;
  jpeg->src->bytes_in_buffer = sizeof end;
  return TRUE;
}

static void skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((unsigned long)count > jpeg->src->bytes_in_buffer) truncated(jpeg->client_data);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

// The number of bytes without the filling at the end of a file: half a marker, or the zeros that fill the last
// block of a disk or tape. A single zero may belong to the picture, and the first zero after 0xFF does.
static size_t without_filling(const uint8_t *bytes, size_t size) {
  size_t end = size;
  while (end > 0 && bytes[end - 1] == 0) end--;
  if (size - end < 2) end = size;
  else if (end > 0 && bytes[end - 1] == 0xFF) end++;
  while (end > 0 && bytes[end - 1] == 0xFF) end--;
  return end;
}

static void begin(struct decoder *d, const uint8_t *bytes, size_t size) {
  d->jpeg.err = jpeg_std_error(&d->errors);
  d->errors.error_exit = decoder_exit;
  d->errors.emit_message = decoder_message;
  d->errors.output_message = silent;
  d->jpeg.client_data = d;
  jpeg_create_decompress(&d->jpeg);
  d->source = (struct jpeg_source_mgr){.next_input_byte = bytes,
                                       .bytes_in_buffer = without_filling(bytes, size),
                                       .init_source = nothing,
                                       .fill_input_buffer = data_ended,
                                       .skip_input_data = skip,
                                       .resync_to_restart = jpeg_resync_to_restart,
                                       .term_source = nothing};
  d->jpeg.src = &d->source;
  jpeg_read_header(&d->jpeg, TRUE);
}

static int check_size(struct decoder *d) {
  if (!cimage_bad_size(d->jpeg.image_width, d->jpeg.image_height)) return 0;
  return cimage_fail(d->error, d->error_size, "the JPEG is %u x %u; the most is %d pixels", d->jpeg.image_width,
                     d->jpeg.image_height, CIMAGE_PIXEL_LIMIT);
}

static int read_header(struct decoder *d, const uint8_t *bytes, size_t size) {
  if (setjmp(d->leave)) return -1;
  begin(d, bytes, size);
  return check_size(d);
}

// Converts CMYK to RGB or gray. Adobe's files hold 255 - ink (inverted), all other files hold ink.
static void convert_cmyk(const uint8_t *in, uint8_t *out, size_t width, int channels, int inverted) {
  for (size_t x = 0; x < width; x++, in += 4) {
    unsigned light[4];
    for (int i = 0; i < 4; i++) light[i] = inverted ? in[i] : 255u - in[i];
    unsigned red = cimage_scale(light[0], light[3]), green = cimage_scale(light[1], light[3]),
             blue = cimage_scale(light[2], light[3]);
    if (channels == 1) {
      *out++ = cimage_luma(red, green, blue);
    } else {
      *out++ = (uint8_t)red;
      *out++ = (uint8_t)green;
      *out++ = (uint8_t)blue;
    }
  }
}

// For bytes that ended before the EOI: whether no scan is missing. Called once all scans are read. If the bytes end
// within a scan, the library warns (JWRN_HIT_MARKER); but a progressive file that ends between two scans gives every
// pixel, blurred, without a warning.
static int has_all_scans(const struct jpeg_decompress_struct *jpeg) {
  for (int c = 0; c < jpeg->num_components; c++) {
    // A component gets its quantization table in its first scan.
    if (!jpeg->comp_info[c].quant_table) return 0;
    // coef_bits is 0 for a coefficient with all its bits, and -1 for a coefficient of which no scan was read.
    for (int k = 0; jpeg->coef_bits && k < DCTSIZE2; k++)
      if (jpeg->coef_bits[c][k] != 0) return 0;
  }
  return 1;
}

static int decode(struct decoder *d, const uint8_t *bytes, size_t size, int channels) {
  if (setjmp(d->leave)) return -1;
  begin(d, bytes, size);
  if (check_size(d)) return -1;
  int ink = d->jpeg.jpeg_color_space == JCS_CMYK || d->jpeg.jpeg_color_space == JCS_YCCK;
  d->jpeg.out_color_space = ink ? JCS_CMYK : channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  // The slow integer transform gives the same bits with and without vector instructions.
  d->jpeg.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&d->jpeg);
  size_t width = d->jpeg.output_width, height = d->jpeg.output_height, stride = width * (size_t)channels;
  d->pixels = malloc(stride * height);
  if (ink) d->row = malloc(width * 4);
  if (!d->pixels || (ink && !d->row))
    return cimage_fail(d->error, d->error_size, "no memory for a picture of %zu x %zu", width, height);
  while (d->jpeg.output_scanline < height) {
    uint8_t *line = d->pixels + d->jpeg.output_scanline * stride;
    JSAMPROW target = ink ? d->row : line;
    jpeg_read_scanlines(&d->jpeg, &target, 1);
    if (ink) convert_cmyk(d->row, line, width, channels, d->jpeg.saw_Adobe_marker);
  }
  if (d->ended && !has_all_scans(&d->jpeg)) truncated(d);
  jpeg_finish_decompress(&d->jpeg);
  // Arithmetic coding leaves out zeros at the end of a scan, so it is not known whether the scan is complete.
  if (d->ended && d->jpeg.arith_code) truncated(d);
  return 0;
}

// Whether a file without its EOI ends where its picture ends: decoding must fail if the last byte is left out. In a
// file that was cut short and then filled up with other data, bytes follow the end of the picture that the library
// found.
static int ends_with_its_picture(const uint8_t *bytes, size_t size, int channels) {
  size_t end = without_filling(bytes, size);
  struct decoder d = {.error_size = 0};
  int result = end == 0 ? -1 : decode(&d, bytes, end - 1, channels);
  free(d.pixels);
  free(d.row);
  jpeg_destroy_decompress(&d.jpeg);
  return result != 0;
}

int cimage_jpeg_header(const uint8_t *bytes, size_t size, int *width, int *height, char *error, size_t error_size) {
  struct decoder d = {.error = error, .error_size = error_size};
  int result = read_header(&d, bytes, size);
  if (result == 0) {
    *width = (int)d.jpeg.image_width;
    *height = (int)d.jpeg.image_height;
  }
  jpeg_destroy_decompress(&d.jpeg);
  return result;
}

int cimage_jpeg_decode(const uint8_t *bytes, size_t size, int channels, uint8_t **pixels, int *width, int *height,
                       char *error, size_t error_size) {
  struct decoder d = {.error = error, .error_size = error_size};
  int result = decode(&d, bytes, size, channels);
  if (result == 0 && d.ended && !ends_with_its_picture(bytes, size, channels))
    result = cimage_fail(error, error_size, "the JPEG is truncated");
  if (result == 0) {
    *pixels = d.pixels;
    *width = (int)d.jpeg.output_width;
    *height = (int)d.jpeg.output_height;
  } else {
    free(d.pixels);
  }
  free(d.row);
  jpeg_destroy_decompress(&d.jpeg);
  return result;
}
