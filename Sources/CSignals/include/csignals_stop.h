#ifndef CSIGNALS_STOP_H
#define CSIGNALS_STOP_H

// Signals that ask a run to end. The first signal sets a flag. A signal that comes more than a quarter of a
// second later ends the process at once, whatever it is doing, with code 128 + the signal's number. (Within
// the quarter second it counts as the same request, as Slurm and mpirun may both hand on one signal.)

/// Installs the handlers of INT, TERM, HUP, USR1 and USR2. HUP stays ignored where it was (nohup).
void csignals_stop_install(void);

/// Whether HUP is ignored.
int csignals_stop_ignores_hangup(void);

/// The first signal that came; 0 if there was none.
int csignals_stop_first(void);

/// Whether SIGTERM came, as mpirun sends it to the ranks that are left when one has died.
int csignals_stop_was_terminated(void);

/// Gives the signals their usual meaning back. A signal that came before ends the process now.
void csignals_stop_release(void);

/// Ignores the signals from here on, as the process is ending in order.
void csignals_stop_ignore(void);

#endif
