/// A safetensors file, or a tensor in such a file, that cannot be used, as one plain sentence.
package struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the file.
  package let path: String
  /// What is wrong with it, without the path.
  package let reason: String

  /// An error about the file at `path`.
  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// Which file, and what is wrong with it.
  package var description: String { "\(path): \(reason)" }
}

/// An error in a header, without the path of the file.
struct HeaderFault: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
