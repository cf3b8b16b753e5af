import CKernels
import Tensors

/// The three passes of a convolution by lowering: tiles of windows become rows of a matrix in the thread's
/// cache, and a single-threaded matrix product does the rest.
///
/// This is the direct way, for passes that have no other (`PlannedConvolution`). Each pass stands in a file
/// of its own; `LoweredCuts` says where passes are cut into items.
final class LoweredConvolution {
  let geometry: ConvolutionGeometry
  let window: ck_window
  let phases: [ConvolutionGeometry.Phase]
  /// Where each phase's weights begin in `packed`.
  let phaseOffsets: [Int]
  /// Weights of the phases, [tap, CS, CL] each; empty where spreading needs none.
  let packed: FloatBuffer
  let packedTaps: [(kh: Int, kw: Int)]
  var packedVersion = -1
  var gatherCuts = LoweredCuts()
  var spreadCuts = LoweredCuts()

  /// The passes of `geometry`. Unless `spreads`, no memory is allocated for `spread`, which must then not
  /// be called.
  init(_ geometry: ConvolutionGeometry, spreads: Bool = true) {
    self.geometry = geometry
    window = geometry.window
    phases = geometry.phases
    let tapSize = geometry.large.channels * geometry.small.channels
    var offsets = [0]
    for phase in phases { offsets.append(offsets[offsets.count - 1] + phase.taps.count * tapSize) }
    phaseOffsets = offsets
    packedTaps = phases.flatMap(\.taps)
    packed = FloatBuffer(
      count: spreads && Self.spreading(geometry) == .phases ? offsets[offsets.count - 1] : 0)
  }

  /// How the small picture is spread over the large one.
  enum Spreading {
    /// One product, nothing to lower or scatter.
    case product
    /// One row of a product for each small pixel, which is added to the large pixels. For few large
    /// channels, where the product of a phase would be too narrow.
    case scatter
    /// One stride-1 convolution for each phase.
    case phases
  }

  static func spreading(_ g: ConvolutionGeometry) -> Spreading {
    if g.isProduct || g.isPointwise { return .product }
    return g.large.channels < 16 ? .scatter : .phases
  }

  /// Windows of a weight gradient that are lowered at a time.
  var gradientRows: Int { min(1024, max(256, (1 << 18) / gradientWidth / 32 * 32)) }
  /// Kernel rows of one item of the weight gradient: one row where KW * CL is wide enough for a product of
  /// its own, else all rows.
  var gradientKernelRows: Int {
    geometry.kernelWidth * geometry.large.channels >= 128 ? 1 : geometry.kernelHeight
  }
  var gradientWidth: Int { gradientKernelRows * geometry.kernelWidth * geometry.large.channels }

  /// Small rows that are scattered at a time.
  var scatterRows: Int { max(geometry.small.width, (1 << 16) / geometry.windowCount) }

  /// Floats of scratch that one thread needs.
  var scratchFloats: Int {
    let isLowered = !(geometry.isProduct || geometry.isPointwise)
    let gather = isLowered ? LoweredCuts.mostTileRows(width: geometry.windowCount) * geometry.windowCount : 0
    let gradient = isLowered ? gradientRows * gradientWidth : 0
    let spread =
      switch Self.spreading(geometry) {
      case .product: 0
      case .scatter: scatterRows * geometry.windowCount
      case .phases:
        phases.map { phase in
          let width = phase.taps.count * geometry.small.channels
          return LoweredCuts.mostTileRows(width: max(width, 1)) * (width + geometry.large.channels)
        }.max() ?? 0
      }
    return max(gather, gradient, spread)
  }
}
