#ifndef CSIGNALS_PAGE_H
#define CSIGNALS_PAGE_H

// A piece of memory that the ranks of `--ranks N` share with the process that started them, so that it can speak for
// one that was killed. Where it cannot be had (no /proc) nothing but that is lost.

#include <stddef.h>

typedef struct csignals_page csignals_page;

// For the parent.

/// Makes a page for `ranks` ranks and writes the path under which they find it. Null where that cannot be.
csignals_page *csignals_page_create(int ranks, char *path, size_t capacity);

/// Forgets all that ranks wrote, before they are started again.
void csignals_page_clear(csignals_page *page);

/// Tells ranks what the signal that they get next means: the number of the signal that the parent got.
void csignals_page_order(csignals_page *page, int signal);

/// How a rank of a page stands.
typedef struct {
  int process;    ///< its number; 0: it has not begun
  int ended;      ///< 1: it left in order
  int code;       ///< its exit code then
  int terminated; ///< 1: it got SIGTERM
  long step;      ///< the step that it is at; -1: unknown
  char host[256];
} csignals_rank;

/// Reads a rank's part.
void csignals_page_rank(const csignals_page *page, int rank, csignals_rank *out);

/// The kind of last words that were said (csignals_words.h); 0 if none were.
int csignals_page_spoken(const csignals_page *page);

/// The step of the newest checkpoint in the run's own folder; -1: there is none.
long csignals_page_checkpoint(const csignals_page *page);

/// Copies the run's folder; empty if it is not known.
void csignals_page_folder(const csignals_page *page, char *out, size_t capacity);

/// Copies the line that resumes; empty if there is none.
void csignals_page_resume(const csignals_page *page, char *out, size_t capacity);

// For a rank: its own part of the page at `path`, from now on.

/// Joins the page. \return 0, or -1 where it cannot be had.
int csignals_page_join(const char *path, int rank, const char *host);

/// Whether this process has joined one.
int csignals_page_joined(void);

/// The signal that the parent said; 0 if none.
int csignals_page_ordered(void);

/// Notes the run's folder.
void csignals_page_set_folder(const char *folder);

/// Notes the newest checkpoint in the run's folder.
void csignals_page_set_checkpoint(long step);

/// Notes that this rank leaves in order, with `code`.
void csignals_page_set_ended(int code);

#endif
