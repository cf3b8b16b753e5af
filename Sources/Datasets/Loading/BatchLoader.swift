import Foundation
import Tensors

/// Draws this rank's part of each batch ahead of the step, on threads of its own.
///
/// Batches come in the order of their draws. Their content depends on the data set, plan, seed and range alone,
/// not on the number of threads or on how many batches are loaded ahead. In a steady run the loader allocates no
/// memory (decoding a file does; drawing a cached or generated picture does not). An error on a loader thread is
/// thrown by ``next()`` when the batch that it belongs to is asked for, and by every later call.
///
/// Only one thread may ask for batches; any thread may close the loader.
package final class BatchLoader: Sendable {
  private let work: LoaderWork

  /// Starts loading.
  /// - Parameters:
  ///   - dataset: where the pictures come from; it has as many pictures as the plan.
  ///   - plan: which pictures make up each batch.
  ///   - mirror: whether each picture is mirrored left to right with a chance of one half. The choice is a
  ///     function of (seed, draw, global sample).
  ///   - seed: the run's seed, for mirroring.
  ///   - threads: how many threads draw, at least 1.
  ///   - ahead: how many batches are kept ready, at least 1.
  ///   - firstDraw: the first draw to deliver; on a resume, the draw of the next step.
  ///   - timeline: records each picture on the lane "decode N" of its thread, and on the lane "compute" the time
  ///     that ``next()`` waits; nil records nothing.
  ///   - range: for a batch of the given size, the global sample indices that are this rank's; may be empty.
  package init(
    dataset: any PictureDataset, plan: SamplePlan, mirror: Bool = false, seed: UInt64, threads: Int = 1,
    ahead: Int = 3, firstDraw: Int = 0, timeline: Timeline? = nil,
    range: @escaping @Sendable (_ batchSize: Int) -> Range<Int>
  ) {
    precondition(plan.count == dataset.count, "a plan is made for the data set that it is used with")
    precondition(threads >= 1 && ahead >= 1 && firstDraw >= 0, "a loader has a thread and a batch to fill")
    work = LoaderWork(
      dataset: dataset, plan: plan, mirrorSeed: mirror ? seed : nil, slots: ahead + 1, firstDraw: firstDraw,
      timeline: timeline, range: range)
    for number in 0..<threads {
      let lane = timeline?.lane("decode \(number)")
      let thread = Thread { [work] in work.run(lane) }
      thread.name = "loader \(number)"
      thread.start()
    }
  }

  deinit { work.close() }

  /// The next batch; waits until it is ready. The memory of the batch before it must not be used any more.
  /// - Throws: what the data set threw while drawing a picture of this batch;
  ///   ``DatasetError/loaderClosed`` if the loader was closed.
  package func next() throws -> PictureBatch { try work.next() }

  /// The seconds that all calls of ``next()`` have waited, together.
  package var secondsWaited: Double { work.secondsWaited }

  /// Tells the threads to end; each ends after the picture that it is drawing. A waiting or later call of
  /// ``next()`` throws.
  package func close() { work.close() }
}
