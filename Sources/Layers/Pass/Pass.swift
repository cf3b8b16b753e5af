import CKernels
import Tensors

/// Where this rank's samples are cut.
///
/// Note [Slices]
/// ~~~~~~~~~~~~~
/// The global batch is cut into S slices and a rank owns whole ones. Everything that adds up over samples
/// (weight gradients, batch norm's moments, losses) is added within a slice first, in an order that depends
/// on the layer, the slice's size and the instruction set alone, into memory of the slice's own; the slices'
/// sums are then added in one tree (Note [Slice order]). No other sum covers samples of two slices. That is
/// why 1 rank with 8 slices and 8 ranks with 1 compute the same bits.
///
/// A computation that gives each sample an output of its own may cover several slices if the bits of a row
/// do not depend on its neighbours, as in our own products (Note [Own products]). In BLAS's products the
/// bits do depend on the neighbours, so such a product stays within a slice (Note [Cutting]).
package struct SliceBounds: Equatable, Sendable {
  /// The local index of each slice's first sample, and then the number of samples: one more than there are
  /// slices.
  package let bounds: [Int]

  /// Slices between ascending `bounds`, of which the first is 0.
  package init(_ bounds: [Int]) {
    precondition(bounds.first == 0 && bounds == bounds.sorted(), "slices ascend from 0")
    self.bounds = bounds
  }

  /// Every sample in a slice of its own: what is computed for one never depends on its neighbours.
  package static func separate(samples: Int) -> SliceBounds { SliceBounds(Array(0...samples)) }

  /// How many slices.
  package var count: Int { bounds.count - 1 }
  /// How many samples.
  package var samples: Int { bounds[bounds.count - 1] }
  /// The samples of slice `index`.
  package subscript(index: Int) -> Range<Int> { bounds[index]..<bounds[index + 1] }
}

/// Where parameter gradients go: memory for each slice's own, and for their sum.
package struct SliceGradients {
  /// The first slice's gradient of the network's first parameter.
  package let base: UnsafeMutablePointer<Float>
  /// Floats from one slice's gradients to the next's.
  package let stride: Int

  /// The sum over this rank's slices, laid out as one slice's gradients; may be the first slice's memory
  /// where it is the only one. nil where nobody asks for a sum.
  package let sum: UnsafeMutablePointer<Float>?

  /// The slices' gradients from `base` on, `stride` floats apart, and their sum in `sum`.
  package init(base: UnsafeMutablePointer<Float>, stride: Int, sum: UnsafeMutablePointer<Float>? = nil) {
    self.base = base
    self.stride = stride
    self.sum = sum
  }

  /// Where slice `index` keeps the gradient of `parameter`.
  package func pointer(slice index: Int, _ parameter: Parameter) -> UnsafeMutablePointer<Float> {
    base + index * stride + parameter.offset
  }

  /// Where the sum over slices keeps the gradient of `parameter`.
  func total(_ parameter: Parameter) -> UnsafeMutablePointer<Float> {
    guard let sum else { preconditionFailure("a pass that folds slices has memory for their sum") }
    return sum + parameter.offset
  }

  /// Where `pass.folds`, adds the slices' gradients of `parameter` to their sum, in the order of Note [Slice
  /// order]. For layers that write a slice's whole gradient first.
  func fold(_ parameter: Parameter, _ pass: Pass) {
    guard pass.folds else { return }
    let to = total(parameter)
    let from = pointer(slice: 0, parameter)
    let slices = pass.slices.count
    pass.pool.runChunks(parameter.count, chunk: 16 << 10) { range in
      ck_tree_sum(from + range.lowerBound, slices, stride, to + range.lowerBound, range.count)
    }
  }
}

/// The inputs of a pass through a network beside its numbers: which samples, which random numbers, where
/// gradients go.
package final class Pass {
  /// Whether statistics come from the batch or from the running averages.
  package enum Mode: Sendable {
    /// Batch statistics, dropout, running averages updated.
    case training
    /// Running averages, no dropout but where a layer keeps it.
    case evaluation
  }

  /// The threads that compute.
  package let pool: ThreadPool
  /// Adds over the slices of all ranks.
  package let sums: any GlobalSums
  /// The run's seed.
  package let seed: UInt64
  /// Training or evaluation.
  package var mode: Mode = .training
  /// How this rank's samples are cut.
  package var slices: SliceBounds
  /// The global index of this rank's first sample in the batch.
  package var firstSample = 0
  /// The training step, for random numbers.
  package var step = 0
  /// Tells the passes of one step apart, for random numbers. From 1 on: 0 stands for evaluation.
  package var ordinal = 0
  /// In evaluation, what the random numbers of each sample are a function of; empty where no layer draws any.
  package var sampleKeys: [UInt64] = []
  /// Where parameter gradients go; nil: none are computed.
  package var gradients: SliceGradients?
  /// Whether parameter gradients are added to what the slices have (a second backward before one update).
  package var accumulates = false
  /// Whether this is the last backward before an update: the slices' gradients are added up to
  /// `gradients.sum`, and what the slices have is not defined afterwards.
  package var folds = false
  /// Counts where the time goes; nil: time is not counted.
  package var clock: PassClock?

  /// A pass over `slices`, on `pool`.
  package init(pool: ThreadPool, sums: any GlobalSums, seed: UInt64, slices: SliceBounds) {
    self.pool = pool
    self.sums = sums
    self.seed = seed
    self.slices = slices
  }

  /// How many samples this rank has.
  package var samples: Int { slices.samples }
}
