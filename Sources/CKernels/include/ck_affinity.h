#ifndef CK_AFFINITY_H
#define CK_AFFINITY_H

/// Writes the processors that this thread may run on as a bit mask, bit 0 of byte 0 the first, and returns how many
/// bytes were written: at most capacity, 0 where the system has no such mask.
int ck_affinity(unsigned char *mask, int capacity);

#endif
