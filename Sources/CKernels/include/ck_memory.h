#ifndef CK_MEMORY_H
#define CK_MEMORY_H

#include <stddef.h>

/// Maps zeroed memory that the system hands out page by page as it is first touched; from 2 MB on in pages of 2 MB,
/// where the system has them. Returns null if there is none left.
void *ck_memory_map(size_t bytes);

/// Gives back what ck_memory_map gave for the same number of bytes.
void ck_memory_unmap(void *memory, size_t bytes);

#endif
