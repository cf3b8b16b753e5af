// Starting and ending MPI in this process; names, versions and error texts.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmpi_internal.h"

static const int thread_levels[4] = {
    MPI_THREAD_SINGLE, MPI_THREAD_FUNNELED, MPI_THREAD_SERIALIZED, MPI_THREAD_MULTIPLE};

int cmpi_init(int *thread_level) {
  int provided = MPI_THREAD_SINGLE, code;
  *thread_level = CMPI_THREAD_SINGLE;
  if ((code = MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided)) != MPI_SUCCESS) return code;
  for (int level = 0; level < 4; level++)
    if (provided == thread_levels[level]) *thread_level = level;
  if ((code = MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN)) != MPI_SUCCESS) return code;
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int cmpi_finalize(void) { return MPI_Finalize(); }

int cmpi_was_initialized(void) {
  int flag = 0;
  MPI_Initialized(&flag);
  return flag;
}

int cmpi_was_finalized(void) {
  int flag = 0;
  MPI_Finalized(&flag);
  return flag;
}

_Noreturn void cmpi_abort(int code) {
  if (cmpi_was_initialized() && !cmpi_was_finalized()) MPI_Abort(MPI_COMM_WORLD, code);
  _exit(code);
}

void cmpi_host_name(char *out, size_t capacity) {
  if (capacity == 0) return;
  if (gethostname(out, capacity) != 0) snprintf(out, capacity, "unknown");
  // POSIX does not say whether a name that was cut ends with 0.
  out[capacity - 1] = 0;
}

void cmpi_library_version(char *out, size_t capacity) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) snprintf(text, sizeof text, "MPI");
  snprintf(out, capacity, "%s", text);
}

#if defined(OPEN_MPI)
// Whether files like `pattern` lie in or below the folder of a library.
static int lies_beside(const char *library, const char *pattern) {
  char path[4096];
  const char *slash = strrchr(library, '/');
  if (!slash || snprintf(path, sizeof path, "%.*s/%s", (int)(slash - library), library, pattern) >= (int)sizeof path)
    return 0;
  glob_t found;
  int is_there = glob(path, GLOB_NOSORT, NULL, &found) == 0;
  globfree(&found);
  return is_there;
}
#endif

// Open MPI before 5 may have been built with Slurm's or Cray's PMI: in components that are linked in, or files beside
// the library (Debian has them in openmpi/lib/openmpi3, others in openmpi).
int cmpi_needs_pmix(void) {
#if defined(OPEN_MPI)
  static const char *const components[] = {"s1", "s2", "cray"};
  static const char *const folders[] = {"openmpi*", "openmpi/lib/openmpi*"};
  Dl_info library;
  if (!dladdr((void *)(uintptr_t)MPI_Init_thread, &library) || !library.dli_fname) return 0;
  char real[4096];
  const char *names[] = {library.dli_fname, realpath(library.dli_fname, real) ? real : library.dli_fname};
  for (int i = 0; i < 3; i++) {
    char text[64];
    snprintf(text, sizeof text, "mca_pmix_%s_component", components[i]);
    if (dlsym(RTLD_DEFAULT, text)) return 0;
    for (int folder = 0; folder < 2; folder++) {
      snprintf(text, sizeof text, "%s/mca_pmix_%s.so", folders[folder], components[i]);
      if (lies_beside(names[0], text) || lies_beside(names[1], text)) return 0;
    }
  }
  return 1;
#else
  return 0;
#endif
}

void cmpi_error_text(int code, char *out, size_t capacity) {
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  // MPI has texts for its errors only while it runs.
  int alive = cmpi_was_initialized() && !cmpi_was_finalized();
  if (!alive || MPI_Error_string(code, text, &length) != MPI_SUCCESS)
    snprintf(text, sizeof text, "MPI error %d", code);
  snprintf(out, capacity, "%s", text);
}
