#ifndef CSIGNALS_H
#define CSIGNALS_H

// What has to work when little else does: signals, a process's last words, and what ranks leave for the process
// that started them. What a handler calls allocates nothing and takes no lock.

#include "csignals_page.h"
#include "csignals_stop.h"
#include "csignals_words.h"

#endif
