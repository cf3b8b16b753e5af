import CKernels

/// What is done to a tile of output while it is still in cache.
struct Epilogue {
  var bias: UnsafePointer<Float>?
  var activation: Activation = .identity

  var isEmpty: Bool { bias == nil && activation == .identity }

  /// Applies bias and activation in place to the channels `columns` (nil: all) of `rows` pixels of
  /// `channels` numbers each; `data` is the first channel of the first pixel.
  func apply(_ data: UnsafeMutablePointer<Float>, rows: Int, channels: Int, columns: Range<Int>? = nil) {
    guard !isEmpty else { return }
    let columns = columns ?? 0..<channels
    let start = data + columns.lowerBound
    ck_bias_activation(
      start, bias.map { $0 + columns.lowerBound }, start, rows, columns.count, channels, activation.code,
      activation.slope)
  }
}

extension Activation {
  /// The function's number in C.
  var code: Int32 {
    switch self {
    case .identity: Int32(CK_IDENTITY)
    case .leakyReLU: Int32(CK_LEAKY_RELU)
    case .tanh: Int32(CK_TANH)
    case .sigmoid: Int32(CK_SIGMOID)
    }
  }
  /// Leaky ReLU's slope, for C.
  var slope: Float { if case .leakyReLU(let slope) = self { slope } else { 1 } }
}
