// Reading JPEG through libjpeg or libjpeg-turbo. The library leaves by error_exit, which here is a longjmp back.
//
// A file may end without its end marker (EOI) and still hold every pixel. So the end of the bytes is given to the library
// as an EOI, once, and the picture is good only if nothing of it was missing then: has_all_scans, ends_with_its_picture.
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>

#include <jerror.h>

#include "cimage_internal.h"

// Everything that outlives a longjmp lives here, in the caller's frame: a local that changes after setjmp is lost.
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
  // What the library complains of then is our EOI.
  if (d->ended) truncated(d);
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  cimage_fail(d->error, d->error_size, "the JPEG cannot be read: %s", text);
  longjmp(d->leave, 1);
}

// Messages are never printed. The warnings that mean lost pixels are errors here: a half gray picture is no picture.
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

// The EOI is asked for again only where it was taken for something else: the file ends within a segment.
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

// The bytes up to what fills the end of a file: half a marker, or the zeros of a disk's or a tape's block. One zero alone
// may be of the picture, and so is the first after 0xFF.
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

// CMYK to RGB or gray. Adobe's files hold 255 - ink, all others ink.
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

// Whether no scan was missing where the bytes ended before the EOI, once all scans are read. Within a scan the library tells
// (JWRN_HIT_MARKER); but a progressive file that ends between two has every pixel, blurred.
static int has_all_scans(const struct jpeg_decompress_struct *jpeg) {
  for (int c = 0; c < jpeg->num_components; c++) {
    // A component gets its table in its first scan.
    if (!jpeg->comp_info[c].quant_table) return 0;
    // 0 is a coefficient with all its bits, -1 one that was never seen.
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
  // Arithmetic coding leaves zeros out at the end of a scan, so nothing tells whether more was there.
  if (d->ended && d->jpeg.arith_code) truncated(d);
  return 0;
}

// Whether a file without its EOI ends where its picture does: with one byte less it must be truncated. Data that were cut
// and then filled up with something else go on behind what the library took for the picture's end.
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
