#ifndef CK_POOL_H
#define CK_POOL_H

/// A pool of worker threads that run the items of one job at a time.
typedef struct ck_pool ck_pool;

/// Makes a pool in which threads threads work, the caller of ck_pool_run among them. NULL if none can be made.
ck_pool *ck_pool_create(int threads);

/// Stops and joins the workers.
void ck_pool_destroy(ck_pool *pool);

/// The number of threads that work, the caller's included.
int ck_pool_threads(const ck_pool *pool);

/// Calls function(context, item, worker) once for each item 0 ..< count, on any of the pool's threads in any
/// order, and returns when all are done. worker is 0 ..< threads and never the same for two calls at a time.
/// One job at a time: not to be called from two threads or from inside an item.
void ck_pool_run(ck_pool *pool, long count, void (*function)(void *context, long item, int worker), void *context);

#endif
