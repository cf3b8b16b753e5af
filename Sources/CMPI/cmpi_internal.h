#ifndef CMPI_INTERNAL_H
#define CMPI_INTERNAL_H
#include <mpi.h>

#include "cmpi.h"

struct cmpi_comm {
  MPI_Comm comm;
  // Elements or bytes in one message.
  size_t largest;
};

// Lower tags are those of blocking messages.
enum { cmpi_first_exchange_tag = 16 };

// The size of the next message of a buffer of which `left` elements or bytes remain.
static inline int cmpi_next_count(const cmpi_comm *comm, size_t left) {
  return (int)(left < comm->largest ? left : comm->largest);
}

#endif
