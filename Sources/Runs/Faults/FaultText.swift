import Cluster

/// A fault that a run is to suffer, as `DCGAN_FAULT` names it: `KIND@rank=R,step=N`.
package struct Fault: Equatable, Sendable {
  /// What goes wrong.
  package enum Kind: String, CaseIterable, Sendable {
    /// The training thread throws.
    case `throw`
    /// A thread of the picture loader throws. The training thread gets the error when that batch is due, up
    /// to three steps later.
    case throwLoader = "throw-loader"
    /// The process calls `exit(0)` in the middle of a step, as a library may.
    case exit
    /// The training thread sleeps for ever.
    case hang
    /// A thread of the loader sleeps for ever, as on a dead file server.
    case hangLoader = "hang-loader"
    /// A bit flips in this rank's copy of a reduced gradient.
    case flip
    /// The process is ended by SIGABRT, as a trap or a failed assertion ends it.
    case abort
    /// The process asks for memory until the system gives no more.
    case memory
  }

  /// What goes wrong.
  package var kind: Kind
  /// The rank on which it happens.
  package var rank: Int
  /// The step in which it happens, counted from 1.
  package var step: Int
  /// Of `flip`: whether the gradient is G's; else it is D's.
  package var isGenerator = false
  /// Of `flip`: which bit of the float, 0 ... 31; 22 is the highest bit of the fraction.
  package var bit = 22

  /// The name of the environment variable.
  package static let variable = "DCGAN_FAULT"

  /// Reads the variable's text.
  /// - Parameter ranks: the world size.
  /// - Throws: `RunError` with the exit code of a usage error.
  package init(_ text: String, ranks: Int) throws {
    func refuse(_ what: String) -> RunError {
      RunError(
        "\(Self.variable)=\(text): \(what), as in \(Self.variable)=throw@rank=0,step=7", code: RunExit.usage)
    }
    let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = Kind(rawValue: String(halves[0])) else {
      throw refuse(
        "there is no fault '\(halves[0])'; there are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    var rank: Int?
    var step: Int?
    var isGenerator = false
    var bit = 22
    for pair in halves.dropFirst().flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let value = parts.count == 2 ? parts[1] : ""
      switch (parts[0], Int(value)) {
      case ("rank", let number?) where (0..<ranks).contains(number): rank = number
      case ("rank", _): throw refuse("rank must be from 0 to \(ranks - 1)")
      case ("step", let number?) where number >= 1: step = number
      case ("step", _): throw refuse("step must be a whole number from 1")
      case ("bit", let number?) where kind == .flip && (0...31).contains(number): bit = number
      case ("bit", _) where kind == .flip: throw refuse("bit must be from 0 to 31")
      case ("network", _) where kind == .flip && ["generator", "discriminator"].contains(value):
        isGenerator = value == "generator"
      case ("network", _) where kind == .flip: throw refuse("network must be generator or discriminator")
      default:
        throw refuse(
          "\(kind.rawValue) knows rank and step\(kind == .flip ? ", network and bit" : ""), and no '\(pair)'")
      }
    }
    guard let rank, let step else { throw refuse("rank and step are both needed") }
    self.kind = kind
    self.rank = rank
    self.step = step
    self.isGenerator = isGenerator
    self.bit = bit
  }
}
