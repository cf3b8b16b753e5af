// Workers wait for the generation to change, take items by an atomic counter, and decrement `busy` when
// none is left.
#include "ck_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

// How often a waiting thread polls before it sleeps. It polls for some microseconds, as the next job mostly
// follows at once, but not for so long that ranks which share cores starve each other.
enum { looks_before_sleep = 4000 };

typedef struct {
  ck_pool *pool;
  int index;
  pthread_t thread;
} worker;

struct ck_pool {
  int threads;
  worker *workers;
  pthread_mutex_t mutex;
  pthread_cond_t job_posted, job_done;
  atomic_long generation;
  atomic_long next;
  atomic_int busy;
  long count;
  void (*function)(void *, long, int);
  void *context;
  atomic_int stopping;
};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

static void take_items(ck_pool *pool, int index) {
  for (;;) {
    long item = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (item >= pool->count) return;
    pool->function(pool->context, item, index);
  }
}

static void *work(void *argument) {
  worker *me = argument;
  ck_pool *pool = me->pool;
  long seen = 0;
  for (;;) {
    for (int i = 0; i < looks_before_sleep && atomic_load(&pool->generation) == seen; i++) relax();
    if (atomic_load(&pool->generation) == seen) {
      pthread_mutex_lock(&pool->mutex);
      while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->job_posted, &pool->mutex);
      pthread_mutex_unlock(&pool->mutex);
    }
    seen = atomic_load(&pool->generation);
    if (atomic_load(&pool->stopping)) return NULL;
    take_items(pool, me->index);
    if (atomic_fetch_sub(&pool->busy, 1) == 1) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->job_done);
      pthread_mutex_unlock(&pool->mutex);
    }
  }
}

ck_pool *ck_pool_create(int threads) {
  ck_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->workers = calloc((size_t)(threads > 1 ? threads - 1 : 1), sizeof *pool->workers);
  if (!pool->workers) {
    free(pool);
    return NULL;
  }
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->job_posted, NULL);
  pthread_cond_init(&pool->job_done, NULL);
  pool->threads = 1;
  // Signals are for the main thread: workers start with all of them blocked.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int i = 0; i < threads - 1; i++) {
    worker *next = &pool->workers[i];
    next->pool = pool;
    next->index = i + 1;
    if (pthread_create(&next->thread, NULL, work, next) != 0) break;
    pool->threads++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pool;
}

static void post(ck_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->generation, 1);
  pthread_cond_broadcast(&pool->job_posted);
  pthread_mutex_unlock(&pool->mutex);
}

void ck_pool_destroy(ck_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stopping, 1);
  post(pool);
  for (int i = 0; i < pool->threads - 1; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->job_posted);
  pthread_cond_destroy(&pool->job_done);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->workers);
  free(pool);
}

int ck_pool_threads(const ck_pool *pool) { return pool->threads; }

void ck_pool_run(ck_pool *pool, long count, void (*function)(void *, long, int), void *context) {
  if (pool->threads == 1 || count <= 1) {
    for (long item = 0; item < count; item++) function(context, item, 0);
    return;
  }
  pool->count = count;
  pool->function = function;
  pool->context = context;
  atomic_store(&pool->next, 0);
  atomic_store(&pool->busy, pool->threads - 1);
  post(pool);
  take_items(pool, 0);
  for (int i = 0; i < looks_before_sleep && atomic_load(&pool->busy) > 0; i++) relax();
  if (atomic_load(&pool->busy) > 0) {
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(&pool->busy) > 0) pthread_cond_wait(&pool->job_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
  }
}
