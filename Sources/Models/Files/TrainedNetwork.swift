import Checkpoints
import Cluster
import Networks
import Tensors
import Training

extension ModelSource {
  /// G with its trained weights, or with their average over its training; before a pass it needs `prepare`.
  /// - Parameter average: whether to take the average; nil: take it where the file has one.
  /// - Throws: as `network`; `RunError` where there is no average that was asked for.
  package func generator(average: Bool?, pool: ThreadPool) throws -> Network {
    let file = try SafetensorsReader(path: model)
    return try network(.generator, name: try GeneratorAverage.picked(average, of: file), pool: pool)
  }

  /// One of the model's networks with its trained weights; before a pass it needs `prepare`.
  /// - Parameters:
  ///   - name: the beginning of its tensors' names, for G's average; nil: the role.
  /// - Throws: `RunError` where the file holds no such network, or a number in it is not finite; `ModelFileError` where
  ///   it is of another architecture; `SafetensorsError`, `FileError`.
  package func network(_ role: NetworkRole, name: String? = nil, pool: ThreadPool) throws -> Network {
    let file = try SafetensorsReader(path: model)
    let network = Network(try architecture.summary(of: role), pool: pool, name: name)
    guard file.tensors.contains(where: { $0.name.hasPrefix("\(network.name).") }) else {
      throw RunError("\(file.path) holds no \(role.rawValue)")
    }
    try ModelFile.read(file, into: [network])
    for state in network.parameterState + network.bufferState
    where !UnsafeBufferPointer(start: state.data, count: state.count).allSatisfy(\.isFinite) {
      let use = role == .generator ? "can make no pictures" : "cannot be used"
      throw RunError(
        "\(file.path) \(use): its \(state.name) holds numbers that are not finite, so its training failed "
          + "before this checkpoint: take an earlier one")
    }
    return network
  }
}
