#ifndef CSIGNALS_INTERNAL_H
#define CSIGNALS_INTERNAL_H

// The functions that files of this target call in each other.

/// Takes the right to say the last words for the run, of `kind` (csignals_words.h). \return 1 if no rank had
/// taken it.
int csignals_page_take_word(int kind);
/// Whether a rank has taken that right.
int csignals_page_run_has_spoken(void);
void csignals_page_set_step(long step);
void csignals_page_set_terminated(void);
void csignals_page_set_resume(const char *line);

/// Whether this process is the one that says the last words at a second signal `signal`.
int csignals_words_for_second(int signal);

#endif
