import Cluster
import Configuration
import Networks
import Wording

/// Finds for each tensor of networks the one of other tools' files: by a mapping file; by PyTorch's name, `main.N.weight`,
/// where `main` may have another name or none; or else by the order of the modules' names, where all shapes agree.
struct ImportedNames {
  /// The tensor for each of ours that was found.
  private(set) var chosen: [String: HeldTensor] = [:]
  /// How networks and files differ, as phrases.
  private(set) var differences: [String] = []
  private var messages: [String] = []
  private var networks: [Network]
  private let held: HeldTensors

  private typealias Module = [String: HeldTensor]
  private static let counter = "num_batches_tracked"

  /// Finds the tensors for `networks`.
  /// - Throws: `RunError` for a name of `map` that neither has.
  init(_ held: HeldTensors, _ map: ImportMap, _ networks: [Network]) throws {
    self.held = held
    self.networks = networks
    try take(map)
    for network in networks { find(network) }
    compare()
  }

  /// Whether all tensors of `network` were found, the counts of batches aside.
  func hasAll(of network: Network) -> Bool {
    (network.parameterState + network.bufferState).allSatisfy { chosen[$0.name] != nil }
  }

  /// Leaves out a network that the files need not have.
  mutating func forget(_ network: Network) {
    networks.removeAll { $0 === network }
    chosen = chosen.filter { !$0.key.hasPrefix("\(network.name).") }
    compare()
  }

  /// What a person should know.
  var notes: [String] {
    let taken = Set(chosen.values)
    let left = held.all.filter { !taken.contains($0) }.map(\.name)
    return messages
      + (left.isEmpty
        ? [] : ["warning: tensors that these networks have not are left out: \(firstFew(left))"])
  }

  private mutating func take(_ map: ImportMap) throws {
    let layers = networks.flatMap(StartingWeights.layers(of:))
    let own = layers.flatMap { $0.states.map(\.name) + $0.counters.map(\.name) }
    for (name, theirs) in map.names.sorted(by: { $0.key < $1.key }) {
      let pairs: [(own: String, theirs: String)]
      if own.contains(name) {
        pairs = [(name, theirs)]
      } else if layers.contains(where: { $0.name == name }) {
        pairs = own.filter { $0.hasPrefix("\(name).") }.map { ($0, theirs + $0.dropFirst(name.count)) }
      } else {
        throw RunError(
          "--map: \(map.path) names \(name), which is no tensor or layer of these networks; "
            + suggestion(for: name, in: own + layers.map(\.name)))
      }
      let found = pairs.compactMap { pair in
        // Two files may have the same names; the one that was named for the network is asked first.
        let network = String(name.prefix { $0 != "." })
        let known = held.modules[network]?.values.flatMap(\.values).first { $0.name == pair.theirs }
        return (known ?? held.all.first { $0.name == pair.theirs }).map { (pair.own, $0) }
      }
      guard !found.isEmpty else {
        throw RunError("--map: \(map.path) gives \(name) the name \(theirs), of which there is no tensor")
      }
      for (own, tensor) in found { chosen[own] = tensor }
    }
  }

  private mutating func find(_ network: Network) {
    let layers = StartingWeights.layers(of: network)
    let modules = held.modules[network.name] ?? [:]
    let isMapped = layers.contains { layer in layer.states.contains { chosen[$0.name] != nil } }
    let numbered = Dictionary(
      modules.compactMap { path, module in path.last.flatMap(Int.init).map { (path.dropLast(), $0, module) } }
        .map { (Array($0.0), [$0.1: $0.2]) }, uniquingKeysWith: { $0.merging($1) { first, _ in first } })
    let container =
      numbered[["main"]] ?? (numbered.count == 1 ? numbered.first?.value : numbered[[]]) ?? [:]
    var found = layers.map { layer in
      layer.name.split(separator: ".").last.flatMap { Int($0) }.flatMap { container[$0] }
    }
    let inOrder = modules.sorted { ForeignName.precedes($0.key, $1.key) }
    if !isMapped, !Self.fit(layers, found), Self.fit(layers, inOrder.map(\.value)) {
      found = inOrder.map(\.value)
      let pairs = zip(layers, inOrder).map { "\($0.name) from \($1.key.joined(separator: "."))" }
      messages.append(
        "note: layers were told apart by the order of their names: \(pairs.joined(separator: ", "))")
    }
    for (layer, module) in zip(layers, found) {
      guard let module else { continue }
      for name in layer.states.map(\.name) + layer.counters.map(\.name) where chosen[name] == nil {
        chosen[name] = module[Self.parameter(name)]
      }
      // A bias there and none here is another network, and not only a tensor too many.
      let own = Set((layer.states.map(\.name) + layer.counters.map(\.name)).map(Self.parameter))
      for (parameter, tensor) in module.sorted(by: { $0.key < $1.key }) where !own.contains(parameter) {
        extra.append(
          (
            layer.name,
            "\(layer.name) has no \(parameter) here, and \(tensor.name) of shape \(tensor.shape) is there"
          ))
      }
    }
  }

  /// Tensors of layers that the networks have, which these layers have not.
  private var extra: [(layer: String, phrase: String)] = []

  /// Whether each layer has a module with the same tensors in the same shapes; the counts of batches may be missing.
  private static func fit(_ layers: [StartingWeights.Layer], _ modules: [Module?]) -> Bool {
    layers.count == modules.count
      && zip(layers, modules).allSatisfy { layer, module in
        guard let module else { return false }
        return layer.states.allSatisfy { module[parameter($0.name)]?.shape == $0.torchShape }
          && module.keys.filter { $0 != counter }.count == layer.states.count
      }
  }

  private static func parameter(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }

  private mutating func compare() {
    differences = networks.flatMap { network -> [String] in
      let states = network.parameterState + network.bufferState
      if held.modules[network.name] == nil, states.allSatisfy({ chosen[$0.name] == nil }) {
        return ["there is no tensor of \(network.name)"]
      }
      let own = states.compactMap { state -> String? in
        guard let tensor = chosen[state.name] else {
          return "there is no \(state.name), of shape \(state.torchShape)"
        }
        guard tensor.shape != state.torchShape else { return nil }
        return "\(state.name) has the shape \(tensor.shape) there"
          + (tensor.name == state.name ? "" : " (\(tensor.name))") + " and \(state.torchShape) here"
      }
      return own + extra.filter { $0.layer.hasPrefix("\(network.name).") }.map(\.phrase)
    }
  }
}
