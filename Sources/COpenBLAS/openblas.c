#define _GNU_SOURCE
#include "openblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { row_major = 101, no_transpose = 111, transpose = 112, lower = 122 };

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);

static sgemm_function sgemm;
// LAPACK is Fortran's: all by reference, a matrix column after column, and the lengths of texts after all else.
typedef void (*dsyevd_function)(const char *, const char *, const int *, double *, const int *, double *, double *,
                                const int *, int *, const int *, int *, size_t, size_t);

typedef void (*dpotrf_function)(const char *, const int *, double *, const int *, int *, size_t);
typedef void (*dgemm_function)(int, int, int, int, int, int, double, const double *, int, const double *, int, double,
                               double *, int);
typedef void (*dsyrk_function)(int, int, int, int, int, double, const double *, int, double, double *, int);

static dsyevd_function dsyevd;
static dpotrf_function dpotrf;
static dsyrk_function dsyrk;
static dgemm_function dgemm;
static char *(*get_config)(void);
static char *(*get_core)(void);
static char error_text[512];
static int status = -1;
static char wanted_core[64];
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Note [OpenMP build]
// ~~~~~~~~~~~~~~~~~~~
// OpenBLAS is built in three ways. The OpenMP build keeps a number of threads for each calling thread. So
// openblas_set_num_threads(1) affects only one of our threads, and the others start teams of their own
// (products then came out wrong). It also takes its work buffers without a lock. So a build beside it that
// is serial or has threads of its own is taken instead. Where there is none, OMP_NUM_THREADS is 1 and calls
// go one at a time.
enum { built_with_openmp = 2 };
static int one_at_a_time;
static pthread_mutex_t call = PTHREAD_MUTEX_INITIALIZER;

static int is_openmp(void *library) {
  int (*get_parallel)(void) = (int (*)(void))dlsym(library, "openblas_get_parallel");
  return get_parallel && get_parallel() == built_with_openmp;
}

// Opens the library `name`. NULL where there is none, or where it is the OpenMP build and any_build is 0.
static void *open_named(const char *name, int any_build) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library && !any_build && is_openmp(library)) {
    dlclose(library);
    return NULL;
  }
  return library;
}

// Debian keeps the builds in folders beside each other, .../openblas-openmp/ and .../openblas-pthread/.
static void *open_beside(void *openmp) {
  static const char *const builds[] = {"pthread", "serial"};
  Dl_info info;
  char path[4096], other[4096 + 16];
  void *symbol = dlsym(openmp, "cblas_sgemm");
  if (!symbol || !dladdr(symbol, &info) || !realpath(info.dli_fname, path)) return NULL;
  char *folder = strstr(path, "openblas-openmp/");
  if (!folder) return NULL;
  for (size_t i = 0; i < sizeof builds / sizeof builds[0]; i++) {
    snprintf(other, sizeof other, "%.*sopenblas-%s/%s", (int)(folder - path), path, builds[i],
             folder + strlen("openblas-openmp/"));
    void *library = open_named(other, 0);
    if (library) return library;
  }
  return NULL;
}

static void *open_any(void) {
  // libopenblasp is the build with threads of its own where distributions tell builds apart by name.
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0", "libopenblas.0.dylib"};
  const size_t count = sizeof names / sizeof names[0];
  for (size_t i = 0; i < count; i++) {
    void *library = open_named(names[i], 0);
    if (library) return library;
  }
  for (size_t i = 0; i < count; i++) {
    void *openmp = open_named(names[i], 1);
    if (!openmp) continue;
    void *library = open_beside(openmp);
    if (library) return library;
    one_at_a_time = 1;
    return openmp;
  }
  return NULL;
}

static void open_library(void) {
  if (wanted_core[0]) setenv("OPENBLAS_CORETYPE", wanted_core, 0);
  // Our own threads call the library, each with one thread of its own.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  // The OpenMP build takes its number of threads from here, for each calling thread; libgomp reads it when
  // it is loaded.
  setenv("OMP_NUM_THREADS", "1", 1);
  void *library = open_any();
  if (!library) {
    const char *reason = dlerror();
    snprintf(error_text, sizeof error_text, "%s", reason ? reason : "libopenblas.so.0 cannot be opened");
    return;
  }
  sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
  dsyevd = (dsyevd_function)dlsym(library, "dsyevd_");
  dpotrf = (dpotrf_function)dlsym(library, "dpotrf_");
  dgemm = (dgemm_function)dlsym(library, "cblas_dgemm");
  dsyrk = (dsyrk_function)dlsym(library, "cblas_dsyrk");
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
  if (one_at_a_time) pthread_mutex_lock(&call);
  sgemm(row_major, transpose_a ? transpose : no_transpose, transpose_b ? transpose : no_transpose, m, n, k, alpha, a,
        lda, b, ldb, beta, c, ldc);
  if (one_at_a_time) pthread_mutex_unlock(&call);
}

int ob_one_at_a_time(void) { return one_at_a_time; }

int ob_symmetric_eigen(int n, double *a, double *w) {
  if (!dsyevd) return -1;
  double size;
  int integers, code, ask = -1;
  dsyevd("V", "U", &n, a, &n, w, &size, &ask, &integers, &ask, &code, 1, 1);
  if (code) return code;
  int doubles = (int)size;
  double *work = malloc((size_t)doubles * sizeof *work);
  int *places = malloc((size_t)integers * sizeof *places);
  code = -1;
  if (work && places) dsyevd("V", "U", &n, a, &n, w, work, &doubles, places, &integers, &code, 1, 1);
  free(work);
  free(places);
  return code;
}

int ob_add_products(int n, int k, const double *x, double *sums) {
  if (!dsyrk) return -1;
  dsyrk(row_major, lower, no_transpose, n, k, 1, x, k, 1, sums, n);
  return 0;
}

int ob_cholesky(int n, double *a) {
  if (!dpotrf) return -1;
  // The upper triangle by columns is the lower one by rows.
  int code;
  dpotrf("U", &n, a, &n, &code, 1);
  return code;
}

int ob_dgemm(int m, int n, int k, const double *a, const double *b, double *c) {
  if (!dgemm) return -1;
  if (one_at_a_time) pthread_mutex_lock(&call);
  dgemm(row_major, no_transpose, transpose, m, n, k, 1, a, k, b, k, 0, c, n);
  if (one_at_a_time) pthread_mutex_unlock(&call);
  return 0;
}
