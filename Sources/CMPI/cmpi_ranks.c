// Communicators.
#include <limits.h>
#include <stdlib.h>

#include "cmpi_internal.h"

static int wrap(MPI_Comm comm, size_t largest, cmpi_comm **out) {
  if ((*out = malloc(sizeof **out)) == NULL) return MPI_ERR_NO_MEM;
  (*out)->comm = comm;
  (*out)->largest = largest;
  return MPI_SUCCESS;
}

int cmpi_world(cmpi_comm **out) { return wrap(MPI_COMM_WORLD, (size_t)1 << 30, out); }

int cmpi_duplicate(const cmpi_comm *comm, cmpi_comm **out) {
  MPI_Comm copy;
  *out = NULL;
  int code = MPI_Comm_dup(comm->comm, &copy);
  return code != MPI_SUCCESS ? code : wrap(copy, comm->largest, out);
}

int cmpi_prefix(const cmpi_comm *comm, int count, cmpi_comm **out) {
  int rank, code = MPI_Comm_rank(comm->comm, &rank);
  MPI_Comm part;
  *out = NULL;
  if (code != MPI_SUCCESS) return code;
  code = MPI_Comm_split(comm->comm, rank < count ? 0 : MPI_UNDEFINED, rank, &part);
  if (code != MPI_SUCCESS || part == MPI_COMM_NULL) return code;
  return wrap(part, comm->largest, out);
}

int cmpi_rank_and_size(const cmpi_comm *comm, int *rank, int *size) {
  int code = MPI_Comm_rank(comm->comm, rank);
  return code != MPI_SUCCESS ? code : MPI_Comm_size(comm->comm, size);
}

int cmpi_node_rank_and_size(const cmpi_comm *comm, int *rank, int *size) {
  MPI_Comm node;
  int code = MPI_Comm_split_type(comm->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  if (code != MPI_SUCCESS) return code;
  if ((code = MPI_Comm_rank(node, rank)) != MPI_SUCCESS) return code;
  if ((code = MPI_Comm_size(node, size)) != MPI_SUCCESS) return code;
  return MPI_Comm_free(&node);
}

void cmpi_set_largest_message(cmpi_comm *comm, size_t count) {
  comm->largest = count < 1 ? 1 : count > INT_MAX ? INT_MAX : count;
}
