import Tensors

/// One layer of a network: a forward and a backward pass over the samples of this rank, slice by slice.
///
/// Pictures are NHWC, `pass.samples` of them. Gradient contract, as in every layer here: activations'
/// gradients are written (`=`). Parameters' gradients are written to the slices' own memory, or added to it
/// where `pass.accumulates` (Note [Slices]). Where `pass.folds`, their sum over this rank's slices is written
/// to `pass.gradients.sum` (Note [Slice order]), and what the slices' memory holds afterwards is not defined.
package protocol Layer: AnyObject {
  /// The shape of one sample going in.
  var input: PictureShape { get }
  /// The shape of one sample coming out.
  var output: PictureShape { get }
  /// What is trained, in PyTorch's order.
  var parameters: [Parameter] { get }
  /// What is kept but not trained: running averages, a power iteration's vectors.
  var buffers: [StateBuffer] { get }
  /// What divides the weight by its largest singular value, if anything does.
  var spectralNorm: SpectralNorm? { get }
  /// Floats that each thread needs beside the tensors. After `prepare`.
  var scratchFloats: Int { get }
  /// Floats that a pass needs beside the tensors, for all threads together. After `prepare`.
  var sharedFloats: Int { get }
  /// Multiplications plus additions of one sample's forward pass. Only matrix products count, each as if it
  /// were computed directly.
  var operationsPerForward: Double { get }
  /// How the layer computes a pass, in a word or two, for `bench --layers` and the record of a run; nil where
  /// there is only one way. After `prepare`.
  func planName(of pass: LayerPass) -> String?

  /// Allocates what passes over up to `samples` samples in up to `slices` slices need.
  func prepare(samples: Int, slices: Int)

  /// y = f(x). Reads `pass.samples` samples of `input` from x and writes as many of `output` to y.
  /// - Throws: an error of the message layer, from batch norm's sums.
  func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) throws

  /// Given x, y = f(x) and dy, writes dx unless it is nil, and the gradients of the parameters, to the slices
  /// or folded, unless `pass.gradients` is nil. dy is scratch afterwards.
  /// - Throws: an error of the message layer, from batch norm's sums.
  func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass) throws
}

extension Layer {
  /// Most layers have no parameters.
  package var parameters: [Parameter] { [] }
  /// Most layers keep nothing.
  package var buffers: [StateBuffer] { [] }
  /// Most weights are used as they are trained.
  package var spectralNorm: SpectralNorm? { nil }
  /// Most layers need no scratch.
  package var scratchFloats: Int { 0 }
  /// Most layers need no scratch.
  package var sharedFloats: Int { 0 }
  /// What is not a matrix product is not counted.
  package var operationsPerForward: Double { 0 }
  /// Most layers compute in one way.
  package func planName(of pass: LayerPass) -> String? { nil }
  /// Most layers allocate nothing of their own.
  package func prepare(samples: Int, slices: Int) {}
}

/// An element-wise function that the layer before it can apply in its own pass.
package enum Activation: Equatable, Sendable {
  /// x.
  case identity
  /// x where positive, slope x elsewhere; ReLU has slope 0.
  case leakyReLU(slope: Float)
  /// tanh(x).
  case tanh
  /// 1 / (1 + exp(-x)).
  case sigmoid
}
