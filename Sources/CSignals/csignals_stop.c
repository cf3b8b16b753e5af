#define _GNU_SOURCE
#include "csignals_stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "csignals_internal.h"
#include "csignals_words.h"

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
enum { stop_count = sizeof stop_signals / sizeof *stop_signals };

static _Atomic int first_signal;
static _Atomic int terminated;
static _Atomic int64_t first_time;
static const int64_t same_request = 250000000;

static int64_t nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static const char *name_of(int signal) {
  switch (signal) {
  case SIGINT: return "SIGINT";
  case SIGTERM: return "SIGTERM";
  case SIGHUP: return "SIGHUP";
  case SIGUSR1: return "SIGUSR1";
  default: return "SIGUSR2";
  }
}

static void on_stop(int signal) {
  int64_t now = nanoseconds();
  if (signal == SIGTERM) {
    atomic_store(&terminated, 1);
    csignals_page_set_terminated();
  }
  int none = 0;
  if (atomic_compare_exchange_strong(&first_signal, &none, signal)) {
    atomic_store(&first_time, now);
    return;
  }
  int64_t since = atomic_load(&first_time);
  if (since == 0 || now - since < same_request) return;
  if (csignals_words_for_second(signal)) {
    char cause[128] = "a second signal, ";
    strcat(cause, name_of(signal));
    strcat(cause, ", ended the run at once; what no checkpoint holds is lost");
    csignals_words_speak(cause, CSIGNALS_OWN);
  }
  _exit(128 + signal);
}

static void set_all(void (*handler)(int)) {
  int is_detached = csignals_stop_ignores_hangup();
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < stop_count; i++) if (stop_signals[i] != SIGHUP || !is_detached) sigaction(stop_signals[i], &action, NULL);
}

int csignals_stop_ignores_hangup(void) {
  struct sigaction hangup;
  return sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN;
}

void csignals_stop_install(void) {
  set_all(on_stop);
  // The process that started this one may have blocked these signals, and a signal mask is inherited.
  sigset_t all;
  sigemptyset(&all);
  for (int i = 0; i < stop_count; i++) sigaddset(&all, stop_signals[i]);
  sigprocmask(SIG_UNBLOCK, &all, NULL);
}

int csignals_stop_first(void) { return atomic_load(&first_signal); }
int csignals_stop_was_terminated(void) { return atomic_load(&terminated); }

void csignals_stop_release(void) {
  set_all(SIG_DFL);
  if (csignals_stop_first()) raise(csignals_stop_first());
}

void csignals_stop_ignore(void) { set_all(SIG_IGN); }
