import CMPI

/// What threads may do with MPI.
package enum ThreadLevel: Int32, Comparable, Sendable {
  /// There is one thread.
  case single = 0
  /// Only the thread that started MPI calls it.
  case funneled = 1
  /// Any thread, one at a time.
  case serialized = 2
  /// Any thread, at any time.
  case multiple = 3

  /// Whether `left` allows less.
  package static func < (left: ThreadLevel, right: ThreadLevel) -> Bool { left.rawValue < right.rawValue }
}

/// An all-reduce or an exchange of MPI under way.
final class MPIPendingCollective: PendingCollective {
  private let request: OpaquePointer?
  private let rank: Int

  init(request: OpaquePointer?, rank: Int) {
    self.request = request
    self.rank = rank
  }

  deinit { cmpi_request_free(request) }

  func test() throws -> Bool {
    var done: Int32 = 0
    try check("MPI_Test", cmpi_test(request, &done), rank: rank)
    return done != 0
  }

  func wait() throws { try check("MPI_Wait", cmpi_wait(request), rank: rank) }
}

/// The one place where a code of MPI becomes an error.
/// - Throws: `CommunicationError` that names call, rank, host and MPI's reason.
func check(_ call: String, _ code: Int32, rank: Int?) throws {
  guard code != 0 else { return }
  let reason = text(capacity: 512) { cmpi_error_text(code, $0, $1) }
  throw CommunicationError(call: call, rank: rank, host: Host.name, reason: reason)
}
