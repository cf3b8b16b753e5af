#ifndef CSIGNALS_PAGE_H
#define CSIGNALS_PAGE_H

// A piece of memory that the ranks of `--ranks N` share with the process that started them (the parent), so
// that the parent can say what happened to a rank that was killed. On systems without it (no /proc) only such
// messages are lost.

#include <stddef.h>

typedef struct csignals_page csignals_page;

// For the parent.

/// Makes a page for `ranks` ranks and writes the path under which ranks find it to `path`, which holds
/// `capacity` bytes. \return the page, or null where the system cannot make one.
csignals_page *csignals_page_create(int ranks, char *path, size_t capacity);

/// Forgets what the ranks wrote about themselves, before they are started again. The folder, the checkpoint
/// and the line that resumes stay.
void csignals_page_clear(csignals_page *page);

/// Orders the ranks to end after their step, as if they had got `signal`, the one that the parent got.
void csignals_page_order(csignals_page *page, int signal);

/// The state of a rank.
typedef struct {
  int process;    ///< its number; 0: it has not begun
  int ended;      ///< 1: it left in order
  int code;       ///< its exit code then
  int terminated; ///< 1: it got SIGTERM
  long step;      ///< the step that it is at; -1: unknown
  char host[256];
} csignals_rank;

/// Reads the state of `rank`.
void csignals_page_rank(const csignals_page *page, int rank, csignals_rank *out);

/// The kind of last words that were said (csignals_words.h); 0 if none were.
int csignals_page_spoken(const csignals_page *page);

/// The step of the newest checkpoint in the run's own folder; -1: there is none.
long csignals_page_checkpoint(const csignals_page *page);

/// Copies the run's folder to `out`; empty if it is not known.
void csignals_page_folder(const csignals_page *page, char *out, size_t capacity);

/// Copies the line that resumes to `out`; empty if there is none.
void csignals_page_resume(const csignals_page *page, char *out, size_t capacity);

// For a rank.

/// Joins the page at `path` as `rank` on `host`. \return 0, or -1 where the page cannot be opened or does not
/// fit.
int csignals_page_join(const char *path, int rank, const char *host);

/// Whether this process has joined a page.
int csignals_page_joined(void);

/// The signal of the parent's order; 0 if there is none.
int csignals_page_ordered(void);

/// Notes the run's folder. Without a page this does nothing, as do the functions below.
void csignals_page_set_folder(const char *folder);

/// Notes the step of the newest checkpoint in the run's folder.
void csignals_page_set_checkpoint(long step);

/// Notes that this rank leaves in order, with `code`.
void csignals_page_set_ended(int code);

#endif
