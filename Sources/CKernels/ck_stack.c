// Where the threads of this process are, for a watchdog that has to say where a rank hangs.
#define _GNU_SOURCE
#include "ck_stack.h"

#include "ck_stack_internal.h"

#if defined(__linux__)
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { most_frames = 48, state_idle = 0, state_asked = 1, state_writing = 2, state_told = 3 };

// The thread that is asked writes its own frames. The asker reads them once the state is state_told.
static void *frames_of_thread[most_frames];
static int frame_count;
static _Atomic int state = state_idle;

// One of the highest signal numbers, which nothing else uses.
static int request(void) { return SIGRTMAX - 3; }

static void answer(int signal) {
  (void)signal;
  int saved = errno, asked = state_asked;
  if (atomic_compare_exchange_strong(&state, &asked, state_writing)) {
    frame_count = backtrace(frames_of_thread, most_frames);
    atomic_store(&state, state_told);
  }
  errno = saved;
}

int ck_stack_prepare(void) {
  // The first call of backtrace loads the unwinder.
  void *frame[1];
  backtrace(frame, 1);
  ck_stack_open_symbols();
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = answer;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  return sigaction(request(), &action, NULL) == 0;
}

int ck_stack_self(void) { return (int)syscall(SYS_gettid); }

// Swift's names are readable only once its runtime has demangled them.
static void name_of(const char *symbol, char *out, size_t capacity) {
  typedef char *demangler(const char *, size_t, char *, size_t *, unsigned);
  demangler *demangle = (demangler *)dlsym(RTLD_DEFAULT, "swift_demangle");
  size_t length = capacity;
  if (demangle != NULL && demangle(symbol, strlen(symbol), out, &length, 0) != NULL) return;
  snprintf(out, capacity, "%s", symbol);
}

int ck_stack_of(int thread, int frames, char *out, size_t capacity) {
  if (capacity == 0) return 0;
  out[0] = 0;
  atomic_store(&state, state_asked);
  if (syscall(SYS_tgkill, getpid(), thread, request()) != 0) return 0;
  struct timespec pause = {0, 2000000};
  for (int tries = 0; atomic_load(&state) != state_told; tries++) {
    int asked = state_asked;
    // A late answer must not be taken for the answer to the next question.
    if (tries >= 100 && atomic_compare_exchange_strong(&state, &asked, state_idle)) return 0;
    if (tries >= 200) return 0;
    nanosleep(&pause, NULL);
  }
  size_t at = 0;
  // The first two frames are the handler and the return from the signal.
  for (int i = 2; i < frame_count && i < frames + 2 && at < capacity; i++) {
    Dl_info info;
    char name[200], symbol[400];
    int written;
    if (!dladdr(frames_of_thread[i], &info)) {
      written = snprintf(out + at, capacity - at, "%p\n", frames_of_thread[i]);
    } else {
      const char *file = info.dli_fname ? info.dli_fname : "";
      const char *slash = strrchr(file, '/');
      if (info.dli_sname) {
        name_of(info.dli_sname, name, sizeof name);
        name[sizeof name - 1] = 0;
        written = snprintf(out + at, capacity - at, "%s (%s)\n", name, slash ? slash + 1 : file);
      } else if (ck_stack_symbol(frames_of_thread[i], info.dli_fbase, symbol, sizeof symbol)) {
        name_of(symbol, name, sizeof name);
        name[sizeof name - 1] = 0;
        written = snprintf(out + at, capacity - at, "%s\n", name);
      } else {
        written = snprintf(
            out + at, capacity - at, "%s+0x%lx\n", slash ? slash + 1 : file,
            (unsigned long)((char *)frames_of_thread[i] - (char *)info.dli_fbase));
      }
    }
    if (written < 0) break;
    at += (size_t)written;
  }
  if (at >= capacity) out[capacity - 1] = 0;
  return 1;
}
#else
int ck_stack_prepare(void) { return 0; }
int ck_stack_self(void) { return 0; }
int ck_stack_of(int thread, int frames, char *out, size_t capacity) {
  (void)thread;
  (void)frames;
  if (capacity > 0) out[0] = 0;
  return 0;
}
#endif
