#define _GNU_SOURCE
#include "csignals_page.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csignals_internal.h"

typedef struct {
  _Atomic int process, ended, terminated; // ended: the exit code + 1
  _Atomic long step; // + 1, so that 0 is unknown
  char host[256];
} rank_part;

// A text that may be read while it is being replaced, and whose writer may be killed at any moment. There are
// two slots: the writer fills the older one and then raises `version`, which says which slot is valid.
typedef struct {
  _Atomic int version;
  char text[2][8192];
} shown_text;

struct csignals_page {
  uint32_t magic, ranks;
  uint64_t size;
  _Atomic int spoken, order;
  _Atomic long checkpoint; // + 1, so that 0 is none
  shown_text folder, resume;
  rank_part parts[];
};

static const uint32_t magic = 0x44434731;
static csignals_page *own_page;
static rank_part *own_part;

static void show(shown_text *shown, const char *text) {
  int version = atomic_load(&shown->version) + 1;
  char *slot = shown->text[version & 1];
  size_t length = strlen(text);
  if (length >= sizeof shown->text[0]) length = 0;
  memcpy(slot, text, length);
  slot[length] = 0;
  atomic_store(&shown->version, version);
}

static void copy(const shown_text *shown, char *out, size_t capacity) {
  snprintf(out, capacity, "%s", shown->text[atomic_load(&shown->version) & 1]);
}

// Functions for the parent.

csignals_page *csignals_page_create(int ranks, char *path, size_t capacity) {
#if defined(__linux__)
  size_t size = sizeof(csignals_page) + (size_t)ranks * sizeof(rank_part);
  // A file without a name, so that nothing is left behind, however the parent ends.
  int file = memfd_create("dcgan-ranks", MFD_CLOEXEC);
  if (file < 0) return NULL;
  csignals_page *page = ftruncate(file, (off_t)size) == 0
                            ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
                            : MAP_FAILED;
  if (page == MAP_FAILED) {
    close(file);
    return NULL;
  }
  page->ranks = (uint32_t)ranks;
  page->size = size;
  page->magic = magic;
  snprintf(path, capacity, "/proc/%d/fd/%d", (int)getpid(), file);
  return page;
#else
  (void)ranks, (void)path, (void)capacity;
  return NULL;
#endif
}

void csignals_page_clear(csignals_page *page) {
  atomic_store(&page->spoken, 0);
  atomic_store(&page->order, 0);
  memset(page->parts, 0, page->ranks * sizeof *page->parts);
}

void csignals_page_order(csignals_page *page, int signal) { atomic_store(&page->order, signal); }

void csignals_page_rank(const csignals_page *page, int rank, csignals_rank *out) {
  memset(out, 0, sizeof *out);
  out->step = -1;
  if (rank < 0 || (uint32_t)rank >= page->ranks) return;
  const rank_part *part = &page->parts[rank];
  out->process = atomic_load(&part->process);
  int ended = atomic_load(&part->ended);
  out->ended = ended != 0;
  out->code = ended ? ended - 1 : 0;
  out->terminated = atomic_load(&part->terminated);
  out->step = atomic_load(&part->step) - 1;
  snprintf(out->host, sizeof out->host, "%s", part->host);
}

int csignals_page_spoken(const csignals_page *page) { return atomic_load(&page->spoken); }
long csignals_page_checkpoint(const csignals_page *page) { return atomic_load(&page->checkpoint) - 1; }
void csignals_page_folder(const csignals_page *page, char *out, size_t size) { copy(&page->folder, out, size); }
void csignals_page_resume(const csignals_page *page, char *out, size_t size) { copy(&page->resume, out, size); }

// Functions for a rank.

int csignals_page_join(const char *path, int rank, const char *host) {
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return -1;
  struct stat status;
  csignals_page *page = MAP_FAILED;
  if (fstat(file, &status) == 0 && (size_t)status.st_size > sizeof(csignals_page))
    page = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (page == MAP_FAILED) return -1;
  if (page->magic != magic || page->size != (uint64_t)status.st_size || rank < 0 || (uint32_t)rank >= page->ranks) {
    munmap(page, (size_t)status.st_size);
    return -1;
  }
  own_part = &page->parts[rank];
  snprintf(own_part->host, sizeof own_part->host, "%s", host);
  own_page = page;
  atomic_store(&own_part->process, (int)getpid());
  return 0;
}

int csignals_page_joined(void) { return own_page != NULL; }
int csignals_page_ordered(void) { return own_page ? atomic_load(&own_page->order) : 0; }

void csignals_page_set_folder(const char *folder) {
  if (own_page) show(&own_page->folder, folder);
}

void csignals_page_set_checkpoint(long step) {
  if (own_page) atomic_store(&own_page->checkpoint, step + 1);
}

void csignals_page_set_ended(int code) {
  if (own_part) atomic_store(&own_part->ended, code + 1);
}

void csignals_page_set_step(long step) {
  if (own_part) atomic_store_explicit(&own_part->step, step + 1, memory_order_relaxed);
}

void csignals_page_set_terminated(void) {
  if (own_part) atomic_store(&own_part->terminated, 1);
}

// All ranks prepare the same line, so rank 0's is the run's.
void csignals_page_set_resume(const char *line) {
  if (own_page && own_part == &own_page->parts[0]) show(&own_page->resume, line ? line : "");
}

int csignals_page_run_has_spoken(void) { return own_page && atomic_load(&own_page->spoken) != 0; }

int csignals_page_take_word(int kind) {
  if (!own_page) return 1;
  int none = 0;
  return atomic_compare_exchange_strong(&own_page->spoken, &none, kind);
}
