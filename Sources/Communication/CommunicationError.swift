import Wording

/// A failed call of the message layer.
package struct CommunicationError: Error, CustomStringConvertible, Sendable {
  /// One sentence: which call failed on which rank and host, and why.
  package let description: String

  /// Creates an error that says `description`.
  package init(_ description: String) { self.description = description }

  /// Creates the error of one call.
  /// - Parameters:
  ///   - call: what was called, as a person would look it up (`MPI_Allreduce`).
  ///   - rank: the rank that called it; nil before ranks are known.
  ///   - host: the name of its node.
  ///   - reason: why it failed, without a full stop.
  package init(call: String, rank: Int?, host: String, reason: String) {
    let place = rank.map { "rank \($0) (host \(host))" } ?? "host \(host)"
    self.init("\(call) failed on \(place): \(reason).")
  }
}

extension Communicator {
  /// Refuses arguments that no kind of communicator can work with, before any rank starts to wait for
  /// another.
  /// - Throws: `CommunicationError`.
  package func validate(
    _ call: String, bytes: Int, as type: ElementType, _ operation: ReductionOperator
  ) throws {
    if bytes % type.size != 0 {
      throw CommunicationError(
        call: call, rank: rank, host: hostName,
        reason: "\(bytes) bytes are no whole number of \(type)s of \(type.size) bytes")
    }
    if operation == .bitwiseOr && type != .uint64 {
      throw CommunicationError(
        call: call, rank: rank, host: hostName, reason: "bitwise or is for uint64 only, not for \(type)")
    }
  }

  /// Refuses a number of ranks that is not in 1 ... size.
  package func validatePrefix(_ count: Int) throws {
    guard (1...size).contains(count) else {
      throw CommunicationError(
        call: "prefix", rank: rank, host: hostName,
        reason: "the first \(count) of \(counted(size, "rank")) were asked for")
    }
  }

  /// Refuses a rank that does not exist.
  /// - Throws: `CommunicationError`.
  package func validate(_ call: String, rank other: Int) throws {
    guard (0..<size).contains(other) else {
      throw CommunicationError(
        call: call, rank: rank, host: hostName,
        reason: "there is no rank \(other) among \(counted(size, "rank")), counted from 0")
    }
  }
}
