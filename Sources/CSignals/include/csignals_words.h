#ifndef CSIGNALS_WORDS_H
#define CSIGNALS_WORDS_H

// The last words of a process: the line that resumes, then one line with the cause. They are said once per
// process, and once per run where ranks share a page (csignals_page.h). Any thread and any signal handler may
// say them.

/// The kind of an error: this rank's own; the same on all ranks; or the same on all ranks, where another try
/// may succeed. The kind decides what the line says, and the page records it.
enum { CSIGNALS_OWN = 1, CSIGNALS_ALIKE = 2, CSIGNALS_ALIKE_MAY_PASS = 3 };

/// Prepares the texts that are known before anything fails. Copies both.
/// \param resume the line that resumes, without its newline; null if there is none.
/// \param place "rank 1 on node7"; null where errors need no place.
void csignals_words_prepare(const char *resume, const char *place);

/// The line that resumes, as it was prepared last; null if there is none.
const char *csignals_words_resume(void);

/// Tells which of how many ranks this is, which decides whether this process says that a second signal ends
/// the run.
void csignals_words_belong(int rank, int size);

/// Sets the step that is told with the cause; -1 is unknown.
void csignals_words_step(long step);

/// Tells that standard error ends on a terminal, where another rank's live line may stand.
void csignals_words_on_terminal(void);

/// Tells whether a live line of this process stands on the terminal. If so, the last words end that line
/// first.
void csignals_words_live(int shown);

/// Says the last words, unless someone has.
/// \param kind CSIGNALS_OWN: with place and step; else without.
/// \return 1 if this call said them.
int csignals_words_speak(const char *cause, int kind);

/// Whether the last words were said, by this process or, where ranks share a page, by any of them.
int csignals_words_spoken(void);

/// Notes that the error was said in another way, so that no last words follow.
void csignals_words_mark(int kind);

/// Installs handlers of the signals that mistakes and failing memory bring (SEGV, BUS, ILL, FPE, ABRT, TRAP).
/// The handlers say the last words and leave the rest to the system.
void csignals_fatal_install(void);

/// Gives these signals their usual meaning back.
void csignals_fatal_remove(void);

/// From here on a call of exit() is an error, as its caller did not end the run: the process says so and ends
/// with code 1.
void csignals_run_begins(void);

/// Ends what csignals_run_begins began.
void csignals_run_ended(void);

/// Says the last words and ends the process with `code`. For places that cannot throw.
_Noreturn void csignals_give_up(const char *cause, int code);

#endif
