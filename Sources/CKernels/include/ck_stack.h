#ifndef CK_STACK_H
#define CK_STACK_H
#include <stddef.h>

/// Prepares ck_stack_of. To be called once, before anything hangs, as it loads what unwinding needs, which
/// takes locks and memory. Returns 0 where threads cannot be asked for their stacks.
int ck_stack_prepare(void);
/// Writes the calls that a thread of this process is in, innermost first, one per line, ended by 0: at most
/// `frames` calls. `thread` is the number of a folder in /proc/self/task, and not the caller's. One caller
/// at a time. Returns 0 where the thread does not answer within a fifth of a second: it is gone, stopped,
/// or in a system call that nothing interrupts.
int ck_stack_of(int thread, int frames, char *out, size_t capacity);
/// The number of the calling thread in /proc/self/task.
int ck_stack_self(void);

#endif
