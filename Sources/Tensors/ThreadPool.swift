import CKernels

/// The threads that compute for one rank, and a scratch buffer for each.
///
/// Note [Threads and bits]
/// ~~~~~~~~~~~~~~~~~~~~~~~
/// The caller cuts a job into items. Which thread runs an item, and in what order items run, is left to
/// chance. So the result must not depend on either: an item writes only what no other item writes, and is
/// computed by one thread. How the job is cut may depend on the number of threads only where no bit depends
/// on the cuts (Note [Own products]), never where a bit might (Note [Cutting]).
package final class ThreadPool: @unchecked Sendable {
  private let handle: OpaquePointer
  private var scratchBuffers: [UnsafeMutablePointer<Float>] = []
  private var scratchFloats = 0
  private var sharedBuffer: FloatBuffer?

  /// Starts `threads - 1` threads; the caller of `run` is one more.
  package init(threads: Int) {
    precondition(threads >= 1, "a pool has at least the caller's thread")
    guard let pool = ck_pool_create(Int32(threads)) else {
      preconditionFailure("no memory for a thread pool")
    }
    handle = pool
  }

  deinit {
    ck_pool_destroy(handle)
    freeScratch()
  }

  /// The number of threads that work, the caller's included.
  package var threads: Int { Int(ck_pool_threads(handle)) }

  /// Calls `body(item, worker)` for each item 0 ..< count on the pool's threads and returns when all are
  /// done. `worker` is 0 ..< threads, and no two calls at a time have the same. Not to be nested.
  package func run(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { escaping in
      // The closure stands in a struct, as Swift would wrap a bare closure on the heap to take its address.
      withUnsafePointer(to: Job(body: escaping)) { pointer in
        ck_pool_run(
          handle, count,
          { context, item, worker in
            context!.assumingMemoryBound(to: Job.self).pointee.body(item, Int(worker))
          }, UnsafeMutableRawPointer(mutating: pointer))
      }
    }
  }

  private struct Job {
    let body: (_ item: Int, _ worker: Int) -> Void
  }

  /// Cuts 0 ..< count into chunks of `chunk` and runs `body(range)` on each.
  package func runChunks(_ count: Int, chunk: Int, _ body: (Range<Int>) -> Void) {
    run((count + chunk - 1) / chunk) { item, _ in body(item * chunk..<min(count, (item + 1) * chunk)) }
  }

  /// Makes every worker's scratch at least `floats` long. Called when networks are built, never in a step.
  package func reserveScratch(floats: Int) {
    guard floats > scratchFloats else { return }
    freeScratch()
    scratchFloats = floats
    scratchBuffers = (0..<threads).map { _ in AlignedMemory.allocate(floats: floats) }
  }

  /// Makes the scratch that all workers share at least `floats` long. Called when networks are built, never in a
  /// step.
  package func reserveShared(floats: Int) {
    if floats > sharedBuffer?.count ?? 0 { sharedBuffer = FloatBuffer(count: floats) }
  }

  /// Scratch that all workers share, as long as the largest reservation. A job may read what the job before
  /// it wrote.
  package var shared: UnsafeMutablePointer<Float> {
    guard let sharedBuffer else { preconditionFailure("shared scratch is used before it is reserved") }
    return sharedBuffer.data
  }

  private func freeScratch() {
    for buffer in scratchBuffers { AlignedMemory.free(buffer, floats: scratchFloats) }
  }

  /// The scratch of `worker`, as long as the largest reservation.
  package func scratch(_ worker: Int) -> UnsafeMutablePointer<Float> { scratchBuffers[worker] }
}
