import Checkpoints
import Cluster
import Networks
import Training
import Wording

/// Sets networks from files of other tools. Shapes are those of PyTorch; names may be others (`ImportedNames`).
package enum ImportedWeights {
  /// The most differences that an error names.
  private static let mostDifferences = 12

  /// Sets all weights and running averages; optimizers stay new. Counts of batches that are missing are 0, and the average
  /// of G, where the recipe has one and no file, is G itself.
  /// - Parameters:
  ///   - files: the files, each of one network or of several.
  ///   - map: the path of a JSON file that says which tensor is which; nil: names and order say so.
  ///   - adversaries: the networks.
  /// - Returns: what a person should know: tensors that were left out, layers that were told apart by their order.
  /// - Throws: `RunError` that names what does not fit, with both shapes, and then nothing is changed, or the tensor that
  ///   holds something else than numbers; `SafetensorsError`, `FileError`.
  package static func load(_ files: [ImportFile], map: String?, into adversaries: Adversaries) throws
    -> [String]
  {
    let map = try ImportMap(map)
    let readers = try files.map { try $0.open() }
    let average = adversaries.average?.network
    let networks = adversaries.networks
    let held = HeldTensors(readers, files.map(\.role), among: networks.map(\.name))
    guard held.saysNetworks || !map.names.isEmpty else {
      throw RunError(
        "\(files[0].path) does not say which network its tensors are of (\(firstFew(held.all.map(\.name).sorted()))): name the files of both "
          + "by --generator FILE and --discriminator FILE", code: RunExit.usage)
    }
    var names = try ImportedNames(held, map, networks)
    if let average, !names.hasAll(of: average) { names.forget(average) }
    let differences = names.differences
    guard differences.isEmpty else {
      let shown = differences.prefix(mostDifferences).joined(separator: "; ")
      let more =
        differences.count > mostDifferences ? "; and \(differences.count - mostDifferences) more" : ""
      throw RunError(
        "\(listed(files.map(\.path), with: "and")) \(files.count == 1 ? "does" : "do") not fit the networks of "
          + "\(adversaries.architecture.name): \(shown)\(more). Give --preset, --width and --size, or --architecture, as the "
          + "model has them, and --map where names alone differ")
    }
    for network in networks {
      for state in network.parameterState + network.bufferState {
        guard let tensor = names.chosen[state.name] else { continue }
        try ModelFile.copy(readers[tensor.file], name: tensor.name, state, into: state.data)
        try check(state, from: readers[tensor.file].path, tensor.name)
      }
      for counter in network.batchCounters {
        let tensor = names.chosen[counter.name]
        counter.layer.batchesTracked = Int(
          try tensor.map { try readers[$0.file].tensor(named: $0.name).integer() } ?? 0)
      }
      network.markChanged()
    }
    if let average = adversaries.average {
      if names.hasAll(of: average.network) { average.wasSet() } else { average.restart() }
    }
    return names.notes
  }

  private static func check(_ state: NamedState, from path: String, _ name: String) throws {
    let values = UnsafeBufferPointer(start: state.data, count: state.count)
    guard let wrong = values.first(where: { !$0.isFinite }) else { return }
    throw RunError(
      "\(path): the tensor \(name) holds \(wrong.isNaN ? "a value that is not a number" : "an infinite value"), so its "
        + "networks compute nothing of use; nothing was imported")
  }
}

/// A tensor of one of several files.
struct HeldTensor: Hashable {
  /// The place of its file among the files.
  let file: Int
  /// Its name there.
  let name: String
  let shape: [Int]
}

/// The tensors of the files to import.
struct HeldTensors {
  /// All tensors, but those of a network that another file was named for.
  private(set) var all: [HeldTensor] = []
  /// The tensors of each network, by the module and by what they are in it.
  private(set) var modules: [String: [[String]: [String: HeldTensor]]] = [:]
  /// Whether the network of any tensor is known.
  var saysNetworks: Bool { !modules.isEmpty }

  /// Takes the names of `readers` apart.
  /// - Parameters:
  ///   - roles: the network that each file was named for; nil: none.
  ///   - networks: the names of the networks that there are.
  init(_ readers: [SafetensorsReader], _ roles: [NetworkRole?], among networks: [String]) {
    for (file, reader) in readers.enumerated() {
      for tensor in reader.tensors {
        let foreign = ForeignName(tensor.name, among: networks)
        let own = roles[file]?.rawValue
        // A file that was named for G may hold D too, which comes from the other file.
        if let own, let said = foreign.network, said != own, roles.contains(where: { $0?.rawValue == said }) {
          continue
        }
        let held = HeldTensor(file: file, name: tensor.name, shape: tensor.shape)
        all.append(held)
        guard let network = foreign.network ?? own else { continue }
        modules[network, default: [:]][foreign.module, default: [:]][foreign.parameter] = held
      }
    }
  }
}
