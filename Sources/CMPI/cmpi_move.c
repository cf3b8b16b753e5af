// Collectives and messages that move bytes without combining them.
#include <string.h>

#include "cmpi_internal.h"

enum { exchange_tag = 1, gather_tag = 2 };

int cmpi_broadcast(const cmpi_comm *comm, void *buffer, size_t bytes, int root) {
  for (size_t at = 0; at < bytes;) {
    int part = cmpi_next_count(comm, bytes - at);
    int code = MPI_Bcast((char *)buffer + at, part, MPI_BYTE, root, comm->comm);
    if (code != MPI_SUCCESS) return code;
    at += (size_t)part;
  }
  return MPI_SUCCESS;
}

int cmpi_exchange(
    const cmpi_comm *comm, const void *send, size_t send_bytes, void *receive, size_t receive_bytes, int peer) {
  size_t sent = 0, received = 0;
  int rank, size, error = cmpi_rank_and_size(comm, &rank, &size);
  if (error != MPI_SUCCESS) return error;
  // Open MPI truncates a message of a rank to itself without an error.
  if (peer == rank && send_bytes != receive_bytes) return MPI_ERR_TRUNCATE;
  // The side that has nothing left takes no part in the peer's remaining messages.
  while (sent < send_bytes || received < receive_bytes) {
    int out = cmpi_next_count(comm, send_bytes - sent), in = cmpi_next_count(comm, receive_bytes - received);
    int got = 0;
    MPI_Status status;
    int code = MPI_Sendrecv(
        (const char *)send + sent, out, MPI_BYTE, out > 0 ? peer : MPI_PROC_NULL, exchange_tag,
        (char *)receive + received, in, MPI_BYTE, in > 0 ? peer : MPI_PROC_NULL, exchange_tag, comm->comm,
        &status);
    if (code != MPI_SUCCESS) return code;
    if ((code = MPI_Get_count(&status, MPI_BYTE, &got)) != MPI_SUCCESS) return code;
    // A shorter message than was asked for is an error as well as a longer one, which MPI finds by itself.
    if (in > 0 && got != in) return MPI_ERR_TRUNCATE;
    sent += (size_t)out;
    received += (size_t)in;
  }
  return MPI_SUCCESS;
}

int cmpi_barrier(const cmpi_comm *comm) { return MPI_Barrier(comm->comm); }

int cmpi_gather_lengths(const cmpi_comm *comm, size_t bytes, uint64_t *lengths, int root) {
  uint64_t length = bytes;
  return MPI_Gather(&length, 1, MPI_UINT64_T, lengths, 1, MPI_UINT64_T, root, comm->comm);
}

// MPI_Gatherv would do, but its displacements are ints: the sum of all ranks' bytes could not pass 2 GiB.
int cmpi_gather(
    const cmpi_comm *comm, const void *send, size_t bytes, void *out, const uint64_t *lengths, int root) {
  int rank, size, code = cmpi_rank_and_size(comm, &rank, &size);
  if (code != MPI_SUCCESS) return code;
  if (rank != root) {
    for (size_t at = 0; at < bytes;) {
      int part = cmpi_next_count(comm, bytes - at);
      if ((code = MPI_Send((const char *)send + at, part, MPI_BYTE, root, gather_tag, comm->comm)) != MPI_SUCCESS)
        return code;
      at += (size_t)part;
    }
    return MPI_SUCCESS;
  }
  char *place = out;
  for (int from = 0; from < size; from++) {
    if (from == root && bytes > 0) memcpy(place, send, bytes);
    for (size_t at = 0; from != root && at < lengths[from];) {
      int part = cmpi_next_count(comm, lengths[from] - at);
      code = MPI_Recv(place + at, part, MPI_BYTE, from, gather_tag, comm->comm, MPI_STATUS_IGNORE);
      if (code != MPI_SUCCESS) return code;
      at += (size_t)part;
    }
    place += lengths[from];
  }
  return MPI_SUCCESS;
}
