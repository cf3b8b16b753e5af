#ifndef CMPI_H
#define CMPI_H
#include <stddef.h>
#include <stdint.h>

// The wrapper over MPI: plain C types only, so that Swift can import it without MPI's macros.
//
// Every function that returns int returns 0 or MPI's error code, which cmpi_error_text turns into words.
// Counts are size_t everywhere: a buffer that is too long for MPI's int counts goes in several messages.

/// A group of ranks. Made by cmpi_world, cmpi_duplicate and cmpi_prefix. It lives until the process ends,
/// as freeing one is itself collective.
typedef struct cmpi_comm cmpi_comm;

/// An all-reduce or an exchange under way.
typedef struct cmpi_request cmpi_request;

/// What a buffer holds.
enum { CMPI_FLOAT32 = 0, CMPI_FLOAT64 = 1, CMPI_UINT64 = 2 };

/// How the ranks' elements are combined. CMPI_BOR takes CMPI_UINT64 only.
enum { CMPI_SUM = 0, CMPI_MAX = 1, CMPI_MIN = 2, CMPI_BOR = 3 };

/// What threads may do, in ascending order.
enum { CMPI_THREAD_SINGLE = 0, CMPI_THREAD_FUNNELED = 1, CMPI_THREAD_SERIALIZED = 2, CMPI_THREAD_MULTIPLE = 3 };

// The process.

/// Starts MPI, asks for CMPI_THREAD_MULTIPLE and writes the level that was granted. From then on errors come
/// back as codes instead of ending the process.
int cmpi_init(int *thread_level);
/// Ends MPI. Collective; after it, no function that needs ranks may be called.
int cmpi_finalize(void);
/// 1 if MPI was started, whether or not it was ended since.
int cmpi_was_initialized(void);
/// 1 if MPI was ended.
int cmpi_was_finalized(void);
/// Ends the processes of all ranks with this exit code, from any thread. Before MPI is started and after it
/// is ended, ends only this process.
_Noreturn void cmpi_abort(int code);
/// Writes this machine's name, ended by 0.
void cmpi_host_name(char *out, size_t capacity);
/// Writes MPI's name and version, ended by 0. May be called at any time.
void cmpi_library_version(char *out, size_t capacity);
/// 1 if MPI meets the launcher of its ranks by PMIx alone, so that it cannot start where srun offers PMI or nothing;
/// 0 if it may know other ways. May be called at any time.
int cmpi_needs_pmix(void);
/// Writes MPI's text for an error code, ended by 0.
void cmpi_error_text(int code, char *out, size_t capacity);

// The ranks.

/// The communicator of all ranks.
int cmpi_world(cmpi_comm **out);
/// A communicator of the same ranks whose messages never meet those of `comm`. Collective.
int cmpi_duplicate(const cmpi_comm *comm, cmpi_comm **out);
/// A communicator of the first `count` ranks; NULL on the others. Collective over `comm`.
int cmpi_prefix(const cmpi_comm *comm, int count, cmpi_comm **out);
/// This rank and the number of ranks.
int cmpi_rank_and_size(const cmpi_comm *comm, int *rank, int *size);
/// This rank's place among the ranks that share its memory, and their number. Collective.
int cmpi_node_rank_and_size(const cmpi_comm *comm, int *rank, int *size);
/// Sets how many elements or bytes one message may hold (1 ... INT_MAX; 2^30 at first), the same on all ranks.
/// For tests of long buffers.
void cmpi_set_largest_message(cmpi_comm *comm, size_t count);

// Moving buffers. `count` is in elements of `type`, `bytes` in bytes.

/// Copies `bytes` bytes of rank `root` to the buffers of all others. Collective.
int cmpi_broadcast(const cmpi_comm *comm, void *buffer, size_t bytes, int root);
/// Replaces the buffers by their combination over ranks. Collective.
int cmpi_all_reduce(const cmpi_comm *comm, void *buffer, size_t count, int type, int operation);
/// Starts cmpi_all_reduce; the buffer belongs to MPI until cmpi_test or cmpi_wait has told the end. Collective.
int cmpi_start_all_reduce(
    const cmpi_comm *comm, void *buffer, size_t count, int type, int operation, cmpi_request **out);
/// Drives a request and writes whether it is done.
int cmpi_test(cmpi_request *request, int *done);
/// Returns when a request is done.
int cmpi_wait(cmpi_request *request);
/// Frees the memory of a request that is done. A request that is not done is left alone, as MPI still
/// writes to it.
void cmpi_request_free(cmpi_request *request);
/// Sends to a peer and receives from it at the same time. The peer calls it too.
int cmpi_exchange(
    const cmpi_comm *comm, const void *send, size_t send_bytes, void *receive, size_t receive_bytes, int peer);
/// Starts cmpi_exchange under a tag of its own, 0 ... 16383; both buffers belong to MPI until cmpi_test or cmpi_wait
/// has told the end.
int cmpi_start_exchange(
    const cmpi_comm *comm, const void *send, size_t send_bytes, void *receive, size_t receive_bytes, int peer,
    int tag, cmpi_request **out);
/// Returns when all ranks have called it. Collective.
int cmpi_barrier(const cmpi_comm *comm);
/// Writes the ranks' `bytes` to `lengths` on root, one element for each rank; elsewhere `lengths` is
/// unused. Collective.
int cmpi_gather_lengths(const cmpi_comm *comm, size_t bytes, uint64_t *lengths, int root);
/// Writes the ranks' buffers, one after the other in rank order, to `out` on root, whose `lengths` come from
/// cmpi_gather_lengths. Elsewhere both are unused. Collective.
int cmpi_gather(
    const cmpi_comm *comm, const void *send, size_t bytes, void *out, const uint64_t *lengths, int root);

#endif
