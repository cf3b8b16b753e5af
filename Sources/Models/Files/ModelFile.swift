import Checkpoints
import Networks
import Tensors
import Training

/// Why a file's weights do not fit these networks.
package struct ModelFileError: Error, CustomStringConvertible, Sendable {
  /// One sentence that says what differs.
  package let description: String
}

/// Writes networks as tensors with PyTorch's names and layouts, and reads them back.
///
/// `model.safetensors` holds `generator.main.N.*`, `discriminator.main.N.*` and, where there are, the same of D's
/// heads and of G's average; `optimizer.safetensors` Adam's moments as `generator.main.N.weight.m` and `.v` in the same layouts, and `generator.updates`.
package enum ModelFile {
  /// The entries of `model.safetensors`.
  /// - Parameter byRole: whether names begin with the network's role, so that G's average is called G.
  package static func modelEntries(_ networks: [Network], byRole: Bool = false) -> [TensorEntry] {
    networks.flatMap { network in
      let beginning = byRole ? network.role.rawValue : network.name
      func name(_ tensor: String) -> String { beginning + tensor.dropFirst(network.name.count) }
      return (network.parameterState + network.bufferState).map {
        entry($0, of: network, name: name($0.name), data: $0.data)
      }
        + network.batchCounters.map {
          TensorEntry(name: name($0.name), integer: Int64($0.layer.batchesTracked))
        }
    }
  }

  /// The entries of `optimizer.safetensors`.
  package static func optimizerEntries(_ trainees: [Trainee]) -> [TensorEntry] {
    trainees.flatMap { trainee -> [TensorEntry] in
      var entries = [
        TensorEntry(
          name: "\(trainee.network.role.rawValue).updates", integer: Int64(trainee.optimizer.updates))
      ]
      for state in trainee.network.parameterState {
        guard let offset = state.offset else { continue }
        entries.append(
          entry(
            state, of: trainee, name: "\(state.name).m", data: trainee.optimizer.firstMoment.data + offset))
        entries.append(
          entry(
            state, of: trainee, name: "\(state.name).v", data: trainee.optimizer.secondMoment.data + offset))
      }
      return entries
    }
  }

  /// Sets the parameters and running averages of `networks` from a model file.
  /// - Throws: `ModelFileError` that names what differs; `SafetensorsError`, `FileError`.
  package static func read(_ file: SafetensorsReader, into networks: [Network]) throws {
    let wanted = networks.flatMap { network in
      (network.parameterState + network.bufferState).map(\.name) + network.batchCounters.map(\.name)
    }
    try checkNames(file, wanted: Set(wanted), prefixes: networks.map { "\($0.name)." })
    // All names and shapes are checked before any number is changed.
    for state in networks.flatMap({ $0.parameterState + $0.bufferState }) {
      try checkShape(file, name: state.name, state)
    }
    for network in networks {
      for state in network.parameterState + network.bufferState {
        try copy(file, name: state.name, state, into: state.data)
      }
      for counter in network.batchCounters {
        counter.layer.batchesTracked = Int(try file.tensor(named: counter.name).integer())
      }
      network.markChanged()
    }
  }

  /// Sets the optimizers from an optimizer file.
  /// - Throws: `ModelFileError` that names what differs; `SafetensorsError`, `FileError`.
  package static func readOptimizers(_ file: SafetensorsReader, into trainees: [Trainee]) throws {
    for trainee in trainees {
      for state in trainee.network.parameterState {
        guard let offset = state.offset else { continue }
        try copy(file, name: "\(state.name).m", state, into: trainee.optimizer.firstMoment.data + offset)
        try copy(file, name: "\(state.name).v", state, into: trainee.optimizer.secondMoment.data + offset)
      }
      trainee.optimizer.updates = Int(
        try file.tensor(named: "\(trainee.network.role.rawValue).updates").integer())
    }
  }

  private static func checkNames(_ file: SafetensorsReader, wanted: Set<String>, prefixes: [String]) throws {
    let held = Set(file.tensors.map(\.name).filter { name in prefixes.contains { name.hasPrefix($0) } })
    if let missing = wanted.subtracting(held).min() {
      throw ModelFileError(
        description: "\(file.path) is of another architecture: it has no \(missing), which this network has")
    }
    if let extra = held.subtracting(wanted).min() {
      throw ModelFileError(
        description: "\(file.path) is of another architecture: it has \(extra), which this network has not")
    }
  }

  @discardableResult
  private static func checkShape(
    _ file: SafetensorsReader, name: String, _ state: NamedState
  ) throws -> StoredTensor {
    let tensor = try file.tensor(named: name)
    guard tensor.shape == state.torchShape else {
      throw ModelFileError(
        description:
          "\(file.path) is of another architecture: its \(name) has the shape \(tensor.shape), and this "
          + "network's has \(state.torchShape)")
    }
    return tensor
  }

  // MARK: Layouts

  /// - Parameter owner: what `data` belongs to. The entry keeps it: who writes entries may not use it any more, and an
  ///   optimized build then frees it before they are written.
  private static func entry(
    _ state: NamedState, of owner: AnyObject, name: String, data: UnsafeMutablePointer<Float>
  ) -> TensorEntry {
    TensorEntry(name: name, type: .float32, shape: state.torchShape) { bytes in
      withExtendedLifetime(owner) { state.toPyTorch(data, into: bytes.bindMemory(to: Float.self)) }
    }
  }

  /// Sets a state from the tensor `name`, whose shape must be the state's.
  static func copy(
    _ file: SafetensorsReader, name: String, _ state: NamedState, into data: UnsafeMutablePointer<Float>
  ) throws {
    let tensor = try checkShape(file, name: name, state)
    let numbers = try tensor.floats(shape: state.torchShape)
    let target = UnsafeMutableBufferPointer(start: data, count: state.count)
    numbers.withUnsafeBufferPointer { source in
      switch state.layout {
      case .vector:
        if let picture = state.outputPicture {
          TensorLayout.featuresFromPyTorch(source, hwc: picture, into: target)
        } else {
          _ = target.update(from: source)
        }
      case .convolution(let height, let width, let large, let small):
        TensorLayout.convolutionFromPyTorch(
          source, kernel: (height, width), large: large, small: small, into: target)
      case .dense(let inputs, let outputs):
        TensorLayout.denseFromPyTorch(
          source, inputs: inputs, outputs: outputs, inHWC: state.inputPicture, outHWC: state.outputPicture,
          into: target)
      }
    }
  }
}

extension NamedState {
  /// Writes numbers that lie as this state's do into `target` as PyTorch has them.
  func toPyTorch(_ data: UnsafePointer<Float>, into target: UnsafeMutableBufferPointer<Float>) {
    let source = UnsafeBufferPointer(start: data, count: count)
    switch layout {
    case .vector:
      if let picture = outputPicture {
        TensorLayout.featuresToPyTorch(source, hwc: picture, into: target)
      } else {
        _ = target.update(from: source)
      }
    case .convolution(let height, let width, let large, let small):
      TensorLayout.convolutionToPyTorch(
        source, kernel: (height, width), large: large, small: small, into: target)
    case .dense(let inputs, let outputs):
      TensorLayout.denseToPyTorch(
        source, inputs: inputs, outputs: outputs, inHWC: inputPicture, outHWC: outputPicture, into: target)
    }
  }

  /// The shape that PyTorch gives the tensor.
  var torchShape: [Int] {
    switch layout {
    case .vector: [count]
    case .convolution(let height, let width, let large, let small): [small, large, height, width]
    case .dense(let inputs, let outputs): [outputs, inputs]
    }
  }
}
