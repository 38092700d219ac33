#include <mpi.h>

// MPI's constants are macros with casts, which Swift does not import: the calls that name one are written here, all of
// them over MPI_COMM_WORLD.

/// Starts MPI so that any one thread at a time may call it. Failures are returned from then on, not fatal.
static inline int perk_mpi_start(int *provided) {
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, provided);
    return code != MPI_SUCCESS ? code : MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

static inline int perk_mpi_allows_threads(int provided) { return provided >= MPI_THREAD_SERIALIZED; }

static inline int perk_mpi_rank(int *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }

static inline int perk_mpi_size(int *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

static inline MPI_Datatype perk_mpi_type(int is_double) { return is_double ? MPI_DOUBLE : MPI_FLOAT; }

/// Replaces `values` by their sums over all ranks.
static inline int perk_mpi_sum(void *values, int count, int is_double) {
    return MPI_Allreduce(MPI_IN_PLACE, values, count, perk_mpi_type(is_double), MPI_SUM, MPI_COMM_WORLD);
}

/// Begins to; `values` belong to MPI until the request is complete.
static inline int perk_mpi_start_sum(void *values, int count, int is_double, MPI_Request *request) {
    return MPI_Iallreduce(MPI_IN_PLACE, values, count, perk_mpi_type(is_double), MPI_SUM, MPI_COMM_WORLD, request);
}

/// Drives communication on, and says whether the request is complete.
static inline int perk_mpi_test(MPI_Request *request, int *is_complete) {
    return MPI_Test(request, is_complete, MPI_STATUS_IGNORE);
}

static inline int perk_mpi_wait(MPI_Request *request) { return MPI_Wait(request, MPI_STATUS_IGNORE); }

static inline int perk_mpi_broadcast(void *values, int count, int is_double) {
    return MPI_Bcast(values, count, perk_mpi_type(is_double), 0, MPI_COMM_WORLD);
}

static inline int perk_mpi_barrier(void) { return MPI_Barrier(MPI_COMM_WORLD); }

/// Ends every rank of the run.
static inline int perk_mpi_abort(int code) { return MPI_Abort(MPI_COMM_WORLD, code); }

static inline MPI_Request perk_mpi_no_request(void) { return MPI_REQUEST_NULL; }

enum { perk_mpi_longest_message = MPI_MAX_ERROR_STRING };
