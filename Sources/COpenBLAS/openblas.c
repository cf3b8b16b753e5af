#define _GNU_SOURCE
#include "openblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { row_major = 101, no_transpose = 111, transpose = 112 };

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);

static sgemm_function sgemm;
static char *(*get_config)(void);
static char *(*get_core)(void);
static char error_text[512];
static int status = -1;
static char wanted_core[64];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_library(void) {
  if (wanted_core[0]) setenv("OPENBLAS_CORETYPE", wanted_core, 0);
  // Our own threads call the library, each with one thread of its own.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof names[0] && !library; i++)
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(error_text, sizeof error_text, "%s", reason ? reason : "libopenblas.so.0 cannot be opened");
    return;
  }
  sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
  get_config = (char *(*)(void))dlsym(library, "openblas_get_config");
  get_core = (char *(*)(void))dlsym(library, "openblas_get_corename");
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (!sgemm) {
    snprintf(error_text, sizeof error_text, "the library has no cblas_sgemm");
    return;
  }
  if (set_threads) set_threads(1);
  status = 0;
}

int ob_open(const char *core) {
  if (core) snprintf(wanted_core, sizeof wanted_core, "%s", core);
  pthread_once(&once, open_library);
  return status;
}

const char *ob_error(void) { return error_text; }
const char *ob_config(void) { return get_config ? get_config() : "unknown"; }
const char *ob_core(void) { return get_core ? get_core() : "unknown"; }

void ob_sgemm(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
              const float *b, int ldb, float beta, float *c, int ldc) {
  sgemm(row_major, transpose_a ? transpose : no_transpose, transpose_b ? transpose : no_transpose, m, n, k, alpha, a,
        lda, b, ldb, beta, c, ldc);
}
