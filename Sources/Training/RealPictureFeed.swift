import CKernels
import Datasets
import Networks
import Reporting
import Tensors

/// Gives one rank its part of each batch of real pictures, decoded ahead on threads of its own.
final class RealPictureFeed {
  private let loader: BatchLoader
  private let reals: Tensor
  private let pool: ThreadPool
  private let form: (scale: Float, shift: Float)

  /// Starts decoding ahead of `step`, a run's step counted from 0.
  init(_ dataset: any PictureDataset, _ plan: SamplePlan, for core: TrainingCore, at step: Int) {
    let options = core.options
    let layout = core.layout
    pool = core.pool
    form = options.architecture.pixelRange.fromBytes
    reals = Tensor(capacity: layout.localCapacity, shape: options.architecture.picture)
    loader = BatchLoader(
      dataset: dataset, plan: plan, mirror: options.mirror, seed: options.seed,
      firstDraw: step * options.recipe.drawsPerStep, timeline: core.timeline,
      range: { layout.resized(batch: $0).localSamples })
  }

  /// Seconds that this rank has waited for pictures so far.
  var secondsWaited: Double { loader.secondsWaited }

  /// Ends the threads.
  func close() { loader.close() }

  /// This rank's part of the next batch, in the range of G's pictures, valid until the next call.
  /// - Throws: what the data set threw.
  func next() throws -> UnsafePointer<Float> {
    let bytes = try loader.next().pixels
    guard let source = bytes.baseAddress else { return UnsafePointer(reals.data) }
    let target = reals.data
    pool.runChunks(bytes.count, chunk: 1 << 16) { [form] range in
      ck_from_bytes(
        source + range.lowerBound, form.scale, form.shift, target + range.lowerBound, range.count)
    }
    return UnsafePointer(reals.data)
  }
}

extension PixelRange {
  /// How a byte, 0 to 255, becomes a number of this range.
  var fromBytes: (scale: Float, shift: Float) {
    switch self {
    case .symmetric: (1 / 127.5, -1)
    case .unit: (1 / 255, 0)
    }
  }

  /// What sheets call it.
  var ofSheets: Reporting.PictureBatch.Range {
    switch self {
    case .symmetric: .symmetric
    case .unit: .unit
    }
  }
}
