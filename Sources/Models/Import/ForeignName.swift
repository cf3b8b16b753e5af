import Foundation

/// The name of a tensor in another tool's file, taken apart.
struct ForeignName {
  /// The network of ours that the beginning of the name says, `generator`; nil: it says none.
  let network: String?
  /// The module within the network, such as `main.3` or `layer1.0`, part by part.
  let module: [String]
  /// What the tensor is in its module: `weight`.
  let parameter: String

  /// Words that people call networks by, in lower case and without `_`.
  private static let words = [
    "generator": "generator", "netg": "generator", "gen": "generator", "g": "generator",
    "discriminator": "discriminator", "netd": "discriminator", "disc": "discriminator", "d": "discriminator",
    "generatoraverage": "generator_average", "gema": "generator_average", "netgema": "generator_average",
    "q": "q", "classifier": "classifier",
  ]

  /// What DataParallel and torch.compile put before the names of what they wrap.
  private static let wrappers: Set = ["module", "_orig_mod"]

  /// Takes a name apart.
  /// - Parameter networks: the networks that there are; a word for another one is a module's.
  init(_ name: String, among networks: [String]) {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    func unwrap() {
      while parts.count > 1, Self.wrappers.contains(parts[0]) { parts.removeFirst() }
    }
    unwrap()
    var found: String?
    if parts.count > 1, let network = Self.network(parts[0]), networks.contains(network) {
      found = network
      parts.removeFirst()
      unwrap()
    }
    network = found
    // PyTorch's newer form of the spectral norm.
    if let place = parts.firstIndex(of: "parametrizations") {
      let known = [
        "weight.original": "weight_orig", "weight.0._u": "weight_u", "weight.0._v": "weight_v",
      ]
      if let former = known[parts[(place + 1)...].joined(separator: ".")] {
        parts[place...] = [former]
      }
    }
    parameter = parts.removeLast()
    module = parts
  }

  private static func network(_ word: String) -> String? {
    var word = word.lowercased().filter { $0 != "_" }
    for end in ["statedict", "model"] where word.hasSuffix(end) { word.removeLast(end.count) }
    return words[word]
  }

  /// Whether `a` comes before `b`, with numbers in them in the order of numbers: layer2 before layer10.
  static func precedes(_ a: [String], _ b: [String]) -> Bool {
    for (one, other) in zip(a, b) where one != other {
      return one.compare(other, options: .numeric) == .orderedAscending
    }
    return a.count < b.count
  }
}
