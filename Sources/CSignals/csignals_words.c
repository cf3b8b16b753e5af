#define _GNU_SOURCE
#include "csignals_words.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csignals_internal.h"

// The prepared texts. They are never changed once published; earlier ones are not freed, as a handler may be
// reading them.
typedef struct {
  char *resume;
  char *place;
} prepared;

static prepared *_Atomic words;
static _Atomic long completed = -1;
static _Atomic int live_line;
static _Atomic int on_terminal;
static _Atomic int said;
static _Atomic int is_running;
static _Atomic int speaks_for_second = 2;

void csignals_words_prepare(const char *resume, const char *place) {
  prepared *next = malloc(sizeof *next);
  if (!next) return;
  next->resume = resume ? strdup(resume) : NULL;
  next->place = place ? strdup(place) : NULL;
  atomic_store(&words, next);
  csignals_page_set_resume(resume);
}

const char *csignals_words_resume(void) {
  const prepared *known = atomic_load(&words);
  return known ? known->resume : NULL;
}

void csignals_words_belong(int rank, int size) {
  atomic_store(&speaks_for_second, size == 1 ? 2 : rank == 0);
}

// A launcher hands a signal on to every rank, and one rank says it. If there are several ranks, SIGTERM comes
// from mpirun because another rank has died, and needs no words.
int csignals_words_for_second(int signal) {
  int speaks = atomic_load(&speaks_for_second);
  return speaks == 2 || (speaks == 1 && signal != SIGTERM);
}

void csignals_words_step(long step) {
  atomic_store_explicit(&completed, step, memory_order_relaxed);
  csignals_page_set_step(step);
}

void csignals_words_on_terminal(void) { atomic_store(&on_terminal, 1); }

void csignals_words_live(int shown) { atomic_store_explicit(&live_line, shown, memory_order_relaxed); }

// A text that grows in a buffer of fixed size; what does not fit is cut off.
typedef struct {
  char text[16384];
  size_t length;
} line;

static void append(line *out, const char *text) {
  for (; *text && out->length + 2 < sizeof out->text; text++)
    out->text[out->length++] = *text == '\n' ? ' ' : *text;
}

static void append_number(line *out, long number) {
  char digits[24];
  int at = sizeof digits;
  digits[--at] = 0;
  do digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  append(out, digits + at);
}

static void end_line(line *out) { out->text[out->length++] = '\n'; }

static void put(const line *out) {
  for (size_t done = 0; done < out->length;) {
    ssize_t count = write(STDERR_FILENO, out->text + done, out->length - done);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return;
    done += (size_t)count;
  }
}

// Returns 1 if this call is the one that says the last words, in this process and in the run.
static int take_word(int kind) { return !atomic_exchange(&said, 1) && csignals_page_take_word(kind); }

int csignals_words_spoken(void) { return atomic_load(&said) || csignals_page_run_has_spoken(); }

void csignals_words_mark(int kind) { (void)take_word(kind); }

int csignals_words_speak(const char *cause, int kind) {
  if (!take_word(kind)) return 0;
  line out;
  out.length = 0;
  if (atomic_exchange(&live_line, 0))
    end_line(&out);
  else if (atomic_load(&on_terminal))
    append(&out, "\r\x1b[K");
  const prepared *known = atomic_load(&words);
  if (known && known->resume) {
    append(&out, known->resume);
    end_line(&out);
  }
  append(&out, "error: ");
  if (kind == CSIGNALS_OWN && known && known->place) {
    append(&out, known->place);
    long step = atomic_load(&completed);
    if (step >= 0) {
      append(&out, ", step ");
      append_number(&out, step);
    }
    append(&out, ": ");
  }
  append(&out, cause);
  end_line(&out);
  put(&out);
  return 1;
}

// Signals that mistakes and failing memory bring.

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
enum { fatal_count = sizeof fatal_signals / sizeof *fatal_signals, stack_size = 65536 };

static const char *cause_of(int signal) {
  switch (signal) {
  case SIGSEGV: return "SIGSEGV, an access to memory that is not there: a mistake in the program";
  case SIGBUS: return "SIGBUS, memory that the system could not provide: a file that was cut short, or a full /dev/shm";
  case SIGILL: return "SIGILL, where the program stops at a broken assumption, or an instruction this CPU lacks";
  case SIGTRAP: return "SIGTRAP, where the program stops at a broken assumption";
  case SIGFPE: return "SIGFPE, a whole number divided by zero: a mistake in the program";
  default: return "SIGABRT, a library gave up; what it said of it is above";
  }
}

static void on_fatal(int signal) {
  csignals_words_speak(cause_of(signal), CSIGNALS_OWN);
  // The default action is set again already (SA_RESETHAND), so this ends the process, perhaps with a core
  // file.
  raise(signal);
}

void csignals_fatal_install(void) {
  static char stack[stack_size];
  // A handler for a stack overflow needs a stack of its own. Only the main thread gets one, as deep recursion
  // could only be there.
  stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&other, NULL);
  struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK | SA_NODEFER | (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < fatal_count; i++) sigaction(fatal_signals[i], &action, NULL);
}

void csignals_fatal_remove(void) {
  for (int i = 0; i < fatal_count; i++) signal(fatal_signals[i], SIG_DFL);
}

// An end of the process that is not the end of the run.

static void at_exit(void) {
  if (!atomic_load(&is_running) || atomic_load(&said)) return;
  csignals_words_speak("something in this process called exit() in the middle of the run", CSIGNALS_OWN);
  _exit(1);
}

void csignals_run_begins(void) {
  static _Atomic int registered;
  if (!atomic_exchange(&registered, 1)) atexit(at_exit);
  atomic_store(&is_running, 1);
}

void csignals_run_ended(void) { atomic_store(&is_running, 0); }

_Noreturn void csignals_give_up(const char *cause, int code) {
  csignals_words_speak(cause, CSIGNALS_OWN);
  _exit(code);
}
