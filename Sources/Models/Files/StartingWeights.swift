import Checkpoints
import Layers
import Networks
import Training
import Wording

/// Begins a new run with the weights of another model (`train --from`): weights, running averages and the average of G;
/// optimizers are new.
package enum StartingWeights {
  /// Sets all layers of the networks that the file has in the same shape.
  /// - Parameter allowsMismatch: whether other layers keep their fresh beginning; if not, they are an error.
  /// - Returns: the layers that keep their fresh beginning.
  /// - Throws: `ModelFileError` that names layers that differ, and then nothing is changed; `SafetensorsError`,
  ///   `FileError`.
  package static func load(
    _ file: SafetensorsReader, into adversaries: Adversaries, allowsMismatch: Bool
  ) throws -> [String] {
    let parts = adversaries.all.flatMap { layers(of: $0.network) }
    let held = Dictionary(file.tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let different = parts.compactMap { part in part.difference(from: held).map { (part.name, $0) } }
    if let first = different.first {
      guard different.count < parts.count else {
        throw ModelFileError(
          description: "no layer of these networks is in \(file.path): \(first.0) \(first.1), and so on")
      }
      guard allowsMismatch else {
        let others = different.dropFirst().map(\.0)
        let more = others.isEmpty ? "" : "; others that differ: \(firstFew(others))"
        throw ModelFileError(
          description:
            "these networks differ from \(file.path): \(first.0) \(first.1)\(more). --allow-mismatch begins "
            + "such layers fresh and takes the rest")
      }
    }
    let fresh = Set(different.map(\.0))
    for part in parts where !fresh.contains(part.name) { try part.copy(from: file) }
    for trainee in adversaries.all { trainee.network.markChanged() }
    guard let average = adversaries.average else { return different.map(\.0) }
    let averaged = layers(of: average.network)
    average.restart()
    if averaged.allSatisfy({ $0.difference(from: held) == nil }) {
      for part in averaged { try part.copy(from: file) }
      average.wasSet()
    }
    return different.map(\.0)
  }

  /// A layer's tensors.
  struct Layer {
    /// `generator.main.3`.
    let name: String
    var states: [NamedState] = []
    var counters: [(name: String, layer: BatchNorm)] = []

    /// How the file's tensors differ from this layer's, as a phrase; nil: they do not.
    func difference(from held: [String: [Int]]) -> String? {
      for state in states {
        guard let shape = held[state.name] else { return "has no \(state.name) there" }
        guard shape == state.torchShape else {
          return "has \(state.name) of shape \(shape) there and \(state.torchShape) here"
        }
      }
      return counters.first { held[$0.name] == nil }.map { "has no \($0.name) there" }
    }

    func copy(from file: SafetensorsReader) throws {
      for state in states { try ModelFile.copy(file, name: state.name, state, into: state.data) }
      for counter in counters {
        counter.layer.batchesTracked = Int(try file.tensor(named: counter.name).integer())
      }
    }
  }

  /// A network's layers that have state, in order.
  static func layers(of network: Network) -> [Layer] {
    var layers: [Layer] = []
    func layer(of tensor: String) -> Int {
      let name = tensor.split(separator: ".").dropLast().joined(separator: ".")
      if let place = layers.firstIndex(where: { $0.name == name }) { return place }
      layers.append(Layer(name: name))
      return layers.count - 1
    }
    for state in network.parameterState + network.bufferState {
      layers[layer(of: state.name)].states.append(state)
    }
    for counter in network.batchCounters { layers[layer(of: counter.name)].counters.append(counter) }
    return layers
  }
}
