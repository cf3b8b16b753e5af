// All-reduce, blocking and in the background, and other requests in the background.
#include <stdlib.h>

#include "cmpi_internal.h"

// A long buffer is several requests; those before `done` are complete.
struct cmpi_request {
  size_t count, done;
  MPI_Request parts[];
};

static MPI_Datatype datatype(int type) {
  return type == CMPI_FLOAT32 ? MPI_FLOAT : type == CMPI_FLOAT64 ? MPI_DOUBLE : MPI_UINT64_T;
}

static size_t element_size(int type) { return type == CMPI_FLOAT32 ? 4 : 8; }

static MPI_Op reduction(int operation) {
  return operation == CMPI_SUM ? MPI_SUM
         : operation == CMPI_MAX ? MPI_MAX
         : operation == CMPI_MIN ? MPI_MIN
                                 : MPI_BOR;
}

int cmpi_all_reduce(const cmpi_comm *comm, void *buffer, size_t count, int type, int operation) {
  for (size_t at = 0; at < count;) {
    int part = cmpi_next_count(comm, count - at);
    char *place = (char *)buffer + at * element_size(type);
    int code = MPI_Allreduce(MPI_IN_PLACE, place, part, datatype(type), reduction(operation), comm->comm);
    if (code != MPI_SUCCESS) return code;
    at += (size_t)part;
  }
  return MPI_SUCCESS;
}

int cmpi_start_all_reduce(
    const cmpi_comm *comm, void *buffer, size_t count, int type, int operation, cmpi_request **out) {
  size_t parts = count / comm->largest + (count % comm->largest != 0);
  cmpi_request *request = malloc(sizeof *request + parts * sizeof(MPI_Request));
  *out = request;
  if (request == NULL) return MPI_ERR_NO_MEM;
  request->count = request->done = 0;
  for (size_t at = 0; at < count;) {
    int part = cmpi_next_count(comm, count - at);
    char *place = (char *)buffer + at * element_size(type);
    int code = MPI_Iallreduce(
        MPI_IN_PLACE, place, part, datatype(type), reduction(operation), comm->comm,
        &request->parts[request->count]);
    if (code != MPI_SUCCESS) return code;
    request->count++;
    at += (size_t)part;
  }
  return MPI_SUCCESS;
}

int cmpi_start_exchange(
    const cmpi_comm *comm, const void *send, size_t send_bytes, void *receive, size_t receive_bytes, int peer,
    int tag, cmpi_request **out) {
  size_t parts = send_bytes / comm->largest + receive_bytes / comm->largest + 2;
  cmpi_request *request = malloc(sizeof *request + parts * sizeof(MPI_Request));
  *out = request;
  if (request == NULL) return MPI_ERR_NO_MEM;
  request->count = request->done = 0;
  // Receives come first, so that data that the peer has already sent has a place.
  for (size_t at = 0; at < receive_bytes;) {
    int part = cmpi_next_count(comm, receive_bytes - at);
    int code = MPI_Irecv(
        (char *)receive + at, part, MPI_BYTE, peer, cmpi_first_exchange_tag + tag, comm->comm,
        &request->parts[request->count]);
    if (code != MPI_SUCCESS) return code;
    request->count++;
    at += (size_t)part;
  }
  for (size_t at = 0; at < send_bytes;) {
    int part = cmpi_next_count(comm, send_bytes - at);
    int code = MPI_Isend(
        (const char *)send + at, part, MPI_BYTE, peer, cmpi_first_exchange_tag + tag, comm->comm,
        &request->parts[request->count]);
    if (code != MPI_SUCCESS) return code;
    request->count++;
    at += (size_t)part;
  }
  return MPI_SUCCESS;
}

int cmpi_test(cmpi_request *request, int *done) {
  *done = 0;
  while (request->done < request->count) {
    int flag = 0, code = MPI_Test(&request->parts[request->done], &flag, MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS) return code;
    if (!flag) return MPI_SUCCESS;
    request->done++;
  }
  *done = 1;
  return MPI_SUCCESS;
}

int cmpi_wait(cmpi_request *request) {
  for (; request->done < request->count; request->done++) {
    int code = MPI_Wait(&request->parts[request->done], MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS) return code;
  }
  return MPI_SUCCESS;
}

void cmpi_request_free(cmpi_request *request) {
  if (request != NULL && request->done == request->count) free(request);
}
