import Cluster
import Networks

/// A tensor of a network as PyTorch lays it out.
struct ExportedTensor {
  let shape: [Int]
  let values: [Float]
}

/// The weights of a network in PyTorch's layouts.
struct ExportedWeights {
  private let states: [String: NamedState]
  // `states` point into its memory.
  private let network: Network

  /// The weights of `network`.
  init(_ network: Network) {
    self.network = network
    let prefix = "\(network.name).main."
    states = Dictionary(
      uniqueKeysWithValues: (network.parameterState + network.bufferState).map {
        (String($0.name.dropFirst(prefix.count)), $0)
      })
  }

  /// A tensor of the layer `index`, such as `bias`; nil: the layer has none of that name.
  func tensor(_ index: Int, _ name: String) -> ExportedTensor? {
    guard let state = states["\(index).\(name)"] else { return nil }
    let values = [Float](unsafeUninitializedCapacity: state.count) { buffer, count in
      state.toPyTorch(state.data, into: UnsafeMutableBufferPointer(rebasing: buffer[..<state.count]))
      count = state.count
    }
    return ExportedTensor(shape: state.torchShape, values: values)
  }

  /// The weight that a layer with a product computes with: divided by sigma where it has a spectral norm.
  /// - Parameter transposed: whether its second extent, rather than its first, is that of the outputs.
  func weight(_ index: Int, transposed: Bool = false) -> ExportedTensor? {
    if let plain = tensor(index, "weight") { return plain }
    guard let trained = tensor(index, "weight_orig"), let u = tensor(index, "weight_u")?.values,
      let v = tensor(index, "weight_v")?.values
    else { return nil }
    // u . W v, with W as [outputs, rest]; the rest of a transposed convolution is [inputs, KH, KW].
    let taps = trained.shape.dropFirst(2).reduce(1, *)
    let (outer, inner) = (trained.shape[0], trained.shape[1])
    var sum = 0.0
    for o in 0..<outer {
      for i in 0..<inner {
        let (out, first) = transposed ? (i, o * taps) : (o, i * taps)
        var dot = 0.0
        for tap in 0..<taps {
          dot += Double(trained.values[(o * inner + i) * taps + tap]) * Double(v[first + tap])
        }
        sum += Double(u[out]) * dot
      }
    }
    // As `SpectralNorm.refresh` has it.
    let scale = Float(1 / (abs(sum) > 1e-12 ? sum : 1))
    return ExportedTensor(shape: trained.shape, values: trained.values.map { $0 * scale })
  }

  /// Checks that all weights are numbers.
  /// - Parameter path: the file that they are from.
  /// - Throws: `RunError` that names the first tensor that holds something else.
  static func check(_ networks: [Network], from path: String) throws {
    for state in networks.flatMap({ $0.parameterState + $0.bufferState }) {
      let values = UnsafeBufferPointer(start: state.data, count: state.count)
      guard let wrong = values.first(where: { !$0.isFinite }) else { continue }
      throw RunError(
        "\(path): the tensor \(state.name) holds \(wrong.isNaN ? "a value that is not a number" : "an infinite value"), so "
          + "its networks compute nothing of use; export an earlier checkpoint of the run")
    }
  }
}
