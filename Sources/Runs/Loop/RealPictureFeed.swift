import CKernels
import Datasets
import Networks
import Tensors
import Training

/// Gives one rank its part of each batch of real pictures, which the loader's threads decode ahead.
package final class RealPictureFeed {
  private let loader: BatchLoader
  private let reals: Tensor
  /// A class for each label group of each sample; empty where the networks have no conditions.
  private var classes: UnsafeMutableBufferPointer<Int32>
  private let pool: ThreadPool
  private let form: (scale: Float, shift: Float)

  /// Starts decoding ahead, from the first batch of step `step`, counted from 0.
  package init(_ dataset: any PictureDataset, _ draws: SampleDraws, for context: StepContext, at step: Int) {
    let options = context.options
    let layout = context.layout
    pool = context.pool
    form = options.architecture.pixelRange.fromBytes
    reals = Tensor(capacity: layout.localCapacity, shape: options.architecture.picture)
    let groups = options.architecture.conditions?.groups.count ?? 0
    classes = .allocate(capacity: layout.localCapacity * groups)
    classes.initialize(repeating: 0)
    loader = BatchLoader(
      dataset: dataset, plan: draws.plan, mirror: options.mirror, seed: options.seed,
      firstDraw: draws.draw(ofStep: step), timeline: context.timeline,
      range: { layout.resized(batch: $0).localSamples })
  }

  deinit { classes.deallocate() }

  /// Seconds that this rank has waited for pictures so far.
  var secondsWaited: Double { loader.secondsWaited }

  /// Ends the loader's threads.
  package func close() { loader.close() }

  /// This rank's part of the next batch: pixels NHWC in the range of G's pictures, and classes. Valid until
  /// the next call.
  /// - Throws: what the data set threw.
  package func next() throws -> RealBatch {
    let drawn = try loader.next()
    let bytes = drawn.pixels
    if !classes.isEmpty, let first = classes.baseAddress { drawn.copyClasses(into: first) }
    let batch = RealBatch(
      pixels: UnsafePointer(reals.data), classes: classes.isEmpty ? nil : UnsafePointer(classes.baseAddress))
    guard let source = bytes.baseAddress else { return batch }
    let target = reals.data
    pool.runChunks(bytes.count, chunk: 1 << 16) { [form] range in
      ck_from_bytes(
        source + range.lowerBound, form.scale, form.shift, target + range.lowerBound, range.count)
    }
    return batch
  }
}
