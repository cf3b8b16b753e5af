#ifndef CSIGNALS_INTERNAL_H
#define CSIGNALS_INTERNAL_H

// What the files of this target say to each other.

/// Takes the right to speak for the run. \return 1 if nobody had it.
int csignals_page_take_word(int kind);
/// Whether anybody took it.
int csignals_page_run_has_spoken(void);
void csignals_page_set_step(long step);
void csignals_page_set_terminated(void);
void csignals_page_set_resume(const char *line);

/// Whether this process says the last words at a second signal `signal`.
int csignals_words_for_second(int signal);

#endif
