#ifndef CK_STACK_INTERNAL_H
#define CK_STACK_INTERNAL_H
#include <stddef.h>

/// Opens the table of this program's own functions, which the dynamic linker does not know. Without effect where the
/// program was stripped of it.
void ck_stack_open_symbols(void);
/// Writes the name of the function of this program that `address` is in, `base` being where the program was loaded.
/// Returns 0 if there is none.
int ck_stack_symbol(const void *address, const void *base, char *out, size_t capacity);

#endif
