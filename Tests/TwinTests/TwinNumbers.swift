import Tensors
import Training

/// The numbers of a twin's file by the names that Fixtures/README.md gives, whether the file has a tensor for each
/// parameter or one for all of a network.
struct TwinNumbers {
  /// How many numbers of a tensor the file holds at most.
  let kept: Int
  private let fixture: Fixture
  private var packed: [String: [Float]] = [:]

  init(_ fixture: Fixture, of system: TwinSystem) throws {
    self.fixture = fixture
    let isPacked = fixture.file.tensors.contains { $0.name == "form.generator" }
    kept = isPacked ? 16 : 128
    guard isPacked else { return }
    let networks = try Adversaries(
      system.architecture, system.recipe, seed: 1, pool: ThreadPool(threads: 1)
    ).all.map(\.network)
    for network in networks {
      let parameters = network.parameterState.map { ($0.name, $0.count) }
      let both = parameters + network.bufferState.map { ($0.name, $0.count) }
      let role = network.role.rawValue
      try unpack("form", role, both.map { ($0.0, 2) })
      for step in 0..<3 {
        try unpack("gradient.\(step)", role, parameters)
        try unpack("norm.\(step)", role, parameters.map { ($0.0, 1) })
        try unpack("after.\(step)", role, both)
        let counters = network.batchCounters.map { ($0.name, 1) }
        if !counters.isEmpty { try unpack("counters.\(step)", role, counters) }
      }
    }
  }

  private mutating func unpack(_ kind: String, _ role: String, _ parts: [(name: String, count: Int)]) throws {
    var rest = try fixture.floats("\(kind).\(role)")[...]
    for part in parts {
      packed["\(kind).\(part.name)"] = Array(rest.prefix(min(kept, part.count)))
      rest = rest.dropFirst(min(kept, part.count))
    }
    guard rest.isEmpty, packed["\(kind).\(parts.last?.name ?? "")"]?.isEmpty == false else {
      throw TwinError(tensor: "\(kind).\(role)")
    }
  }

  /// A file that is not of this system.
  struct TwinError: Error { let tensor: String }

  /// What the file holds of a tensor: all of it, or `kept` numbers from all over it.
  func part(_ numbers: [Float]) -> [Float] {
    numbers.count <= kept ? numbers : (0..<kept).map { numbers[$0 * 7919 % numbers.count] }
  }

  /// A tensor's numbers, in PyTorch's layout.
  func floats(_ name: String) throws -> [Float] { try packed[name] ?? fixture.floats(name) }

  func scalar(_ name: String) throws -> Double { Double(try floats(name).first ?? .nan) }

  /// PyTorch's counter `name` after step `step`.
  func counter(_ name: String, after step: Int) throws -> Int {
    if let own = packed["counters.\(step).\(name)"]?.first { return Int(own) }
    return Int(try fixture.file.tensor(named: "after.\(step).\(name)").integer())
  }
}
