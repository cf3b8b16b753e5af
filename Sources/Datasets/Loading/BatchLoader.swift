import Foundation
import Tensors

/// Draws this rank's part of each batch ahead of the step, on threads of its own.
///
/// Batches come in the order of their draws. What is in them is a function of data set, plan, seed and range
/// alone: not of the number of threads, nor of how far ahead they are. In a steady run nothing is allocated
/// here (decoding a file allocates, a cached or generated picture does not). An error on a thread is thrown
/// by ``next()`` when its batch is asked for, and from then on.
///
/// One thread asks for batches; the loader may be closed from any.
package final class BatchLoader: Sendable {
  private let work: LoaderWork

  /// Starts loading.
  /// - Parameters:
  ///   - dataset: where the pictures come from; its count is the plan's.
  ///   - plan: which pictures make up each batch.
  ///   - mirror: whether each picture is mirrored left to right with a chance of one half, a random function
  /// of (seed, draw, global sample).
  ///   - seed: the run's seed, for mirroring.
  ///   - threads: how many threads draw, at least 1.
  ///   - ahead: how many batches are kept ready, at least 1.
  ///   - firstDraw: the first draw to deliver, that of the next step on a resume.
  ///   - timeline: told of each picture on a lane "decode N" a thread, and on "compute" when ``next()`` waits.
  ///   - range: which global sample indices of a batch of the given size are this rank's. May be empty.
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

  /// The next batch, waiting for it if it is not ready. The batch before may not be used any more.
  /// - Throws: what the data set threw while drawing one of its pictures.
  package func next() throws -> PictureBatch { try work.next() }

  /// Seconds that ``next()`` has waited in all.
  package var secondsWaited: Double { work.secondsWaited }

  /// Tells the threads to end; they do after the picture they are at. A waiting or later ``next()`` throws.
  package func close() { work.close() }
}
