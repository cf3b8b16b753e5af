import Communication
import Synchronization

/// A promise of a communicator that it did not keep. Thrown rather than expected, as ranks run on threads
/// that no test owns, and as a rank that stops has to stop the others too.
package struct Unmet: Error, CustomStringConvertible {
  /// The promise, and who did not keep it.
  package let description: String

  /// A promise by its words.
  package init(description: String) { self.description = description }
}

/// Throws where `condition` does not hold on this rank.
package func demand(_ condition: Bool, _ promise: String, on communicator: any Communicator) throws {
  if !condition {
    throw Unmet(description: "rank \(communicator.rank) of \(communicator.size): \(promise)")
  }
}

/// Errors of several threads.
package final class ErrorList: Sendable {
  private let list = Mutex<[any Error]>([])
  /// An empty list.
  package init() {}

  /// Adds one.
  package func append(_ error: any Error) { list.withLock { $0.append(error) } }
  /// All, in the order in which they came.
  package var errors: [any Error] { list.withLock { $0 } }
}
