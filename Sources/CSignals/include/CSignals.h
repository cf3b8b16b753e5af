#ifndef CSIGNALS_H
#define CSIGNALS_H

// What must work when little else does: signals, a process's last words, and what ranks leave for the process
// that started them. Functions that a signal handler calls allocate nothing and take no lock.

#include "csignals_page.h"
#include "csignals_stop.h"
#include "csignals_words.h"

#endif
