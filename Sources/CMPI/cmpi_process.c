// The life of MPI in this process, its names and words.
#define _GNU_SOURCE
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
  // POSIX leaves it open whether a name that was cut is ended.
  out[capacity - 1] = 0;
}

void cmpi_library_version(char *out, size_t capacity) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) snprintf(text, sizeof text, "MPI");
  snprintf(out, capacity, "%s", text);
}

void cmpi_error_text(int code, char *out, size_t capacity) {
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  // MPI has words only while it lives.
  int alive = cmpi_was_initialized() && !cmpi_was_finalized();
  if (!alive || MPI_Error_string(code, text, &length) != MPI_SUCCESS)
    snprintf(text, sizeof text, "MPI error %d", code);
  snprintf(out, capacity, "%s", text);
}
