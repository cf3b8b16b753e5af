// Writing JPEG by libjpeg or libjpeg-turbo. On an error the library calls error_exit, which here does a longjmp back.
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>

#include <jerror.h>

#include "cimage_internal.h"

// All variables that are needed after a longjmp are here, in the caller's frame: a local variable of the function with
// setjmp that changes after setjmp has no defined value then. The library's own memory destination is not used, as it
// leaks its block if an error occurs.
struct encoder {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr target;
  jmp_buf leave;
  uint8_t *out;
  size_t size, capacity;
  char *error;
  size_t error_size;
};

static void encoder_exit(j_common_ptr jpeg) {
  struct encoder *e = jpeg->client_data;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  cimage_fail(e->error, e->error_size, "the JPEG cannot be written: %s", text);
  longjmp(e->leave, 1);
}

static void silent_message(j_common_ptr jpeg, int level) {
  (void)jpeg;
  (void)level;
}

static void silent(j_common_ptr jpeg) { (void)jpeg; }

static void offer(struct encoder *e) {
  e->target.next_output_byte = e->out + e->size;
  e->target.free_in_buffer = e->capacity - e->size;
}

static void begin_output(j_compress_ptr jpeg) { offer(jpeg->client_data); }

static boolean grow(j_compress_ptr jpeg) {
  struct encoder *e = jpeg->client_data;
  e->size = e->capacity;
  uint8_t *larger = realloc(e->out, e->capacity * 2);
  if (!larger) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
  e->out = larger;
  e->capacity *= 2;
  offer(e);
  return TRUE;
}

static void end_output(j_compress_ptr jpeg) {
  struct encoder *e = jpeg->client_data;
  e->size = e->capacity - e->target.free_in_buffer;
}

static int encode(struct encoder *e, const uint8_t *pixels, int width, int height, int channels, int quality) {
  if (setjmp(e->leave)) return -1;
  e->jpeg.err = jpeg_std_error(&e->errors);
  e->errors.error_exit = encoder_exit;
  e->errors.emit_message = silent_message;
  e->errors.output_message = silent;
  e->jpeg.client_data = e;
  jpeg_create_compress(&e->jpeg);
  e->target = (struct jpeg_destination_mgr){
      .init_destination = begin_output, .empty_output_buffer = grow, .term_destination = end_output};
  e->jpeg.dest = &e->target;
  e->jpeg.image_width = (JDIMENSION)width;
  e->jpeg.image_height = (JDIMENSION)height;
  e->jpeg.input_components = channels;
  e->jpeg.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&e->jpeg);
  jpeg_set_quality(&e->jpeg, quality, TRUE);
  jpeg_start_compress(&e->jpeg, TRUE);
  while (e->jpeg.next_scanline < e->jpeg.image_height) {
    // The library does not write through this pointer, although its type has no const.
    JSAMPROW line = (JSAMPROW)(uintptr_t)(pixels + (size_t)e->jpeg.next_scanline * (size_t)width * (size_t)channels);
    jpeg_write_scanlines(&e->jpeg, &line, 1);
  }
  jpeg_finish_compress(&e->jpeg);
  return 0;
}

int cimage_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **out,
                       size_t *out_size, char *error, size_t error_size) {
  *out = NULL;
  *out_size = 0;
  if (channels != 1 && channels != 3 && channels != 4)
    return cimage_fail(error, error_size, "a JPEG is written from 1, 3 or 4 channels, not %d", channels);
  if (width <= 0 || height <= 0 || width > 65500 || height > 65500 ||
      cimage_bad_size((uint64_t)width, (uint64_t)height))
    return cimage_fail(error, error_size, "a JPEG of %d x %d cannot be written", width, height);
  struct encoder e = {.error = error, .error_size = error_size, .capacity = 1 << 14};
  e.out = malloc(e.capacity);
  if (!e.out) return cimage_fail(error, error_size, "no memory");
  int result = encode(&e, pixels, width, height, channels, quality);
  jpeg_destroy_compress(&e.jpeg);
  if (result == 0) {
    *out = e.out;
    *out_size = e.size;
  } else {
    free(e.out);
  }
  return result;
}
