import Files
import Foundation

/// A tensor to be written: its name, type and shape, and where its bytes come from.
package struct TensorEntry {
  /// The tensor's name in the file, `generator.main.0.weight`.
  package let name: String
  /// The type of its elements.
  package let type: SafetensorsType
  /// Its extents, outermost first; empty for a single number.
  package let shape: [Int]
  let byteCount: Int
  private let source: Source

  private enum Source {
    case bytes(UnsafeRawBufferPointer)
    case fill((UnsafeMutableRawBufferPointer) throws -> Void)
  }

  /// A tensor whose bytes lie in memory as they are to be written, little end first, and stay there until
  /// they are. As many bytes as the type and shape take; anything else is the caller's mistake.
  package init(name: String, type: SafetensorsType, shape: [Int], bytes: UnsafeRawBufferPointer) {
    self.init(name: name, type: type, shape: shape, source: .bytes(bytes))
    precondition(
      bytes.count == byteCount, "tensor \(name) takes \(byteCount) bytes, \(bytes.count) are given")
  }

  /// A tensor whose bytes `fill` makes when it is written, all of the buffer it is given, in another layout
  /// for example. So one tensor at a time is held twice, and not all of them.
  package init(
    name: String, type: SafetensorsType, shape: [Int],
    fill: @escaping (UnsafeMutableRawBufferPointer) throws -> Void
  ) {
    self.init(name: name, type: type, shape: shape, source: .fill(fill))
  }

  /// A single whole number, as PyTorch's `num_batches_tracked` is one.
  package init(name: String, integer: Int64) {
    self.init(name: name, type: .int64, shape: []) {
      $0.storeBytes(of: integer.littleEndian, as: Int64.self)
    }
  }

  private init(name: String, type: SafetensorsType, shape: [Int], source: Source) {
    guard shape.allSatisfy({ $0 >= 0 }), let count = TensorDescription.byteCount(type: type, shape: shape)
    else {
      preconditionFailure("tensor \(name) has the impossible shape \(shape)")
    }
    self.name = name
    self.type = type
    self.shape = shape
    byteCount = count
    self.source = source
  }

  /// Calls `body` with the tensor's bytes; `scratch` has room for them and is used where they must be made
  /// first.
  func withBytes(scratch: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void)
    throws
  {
    switch source {
    case .bytes(let bytes): try body(bytes)
    case .fill(let fill):
      let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<byteCount])
      try fill(part)
      try body(UnsafeRawBufferPointer(part))
    }
  }

  var scratchByteCount: Int {
    if case .fill = source { byteCount } else { 0 }
  }
}

/// Files in the safetensors format, which Python's `safetensors` and everything built on it read.
package enum Safetensors {
  /// Writes tensors as a file at `path`, which is afterwards the old one (an error was thrown) or the whole
  /// new one.
  ///
  /// Equal names, types, shapes, bytes and metadata give equal files, in whatever order the tensors are
  /// given; they are the files that Python's `safetensors` would write.
  /// - Parameters:
  ///   - tensors: what to write; the names must differ.
  ///   - metadata: strings about the file; `format: pt` tells Python's readers that the tensors are
  /// PyTorch's.
  ///   - path: the file.
  /// - Returns: the file's size and SHA-256.
  /// - Throws: `FileError`; `SafetensorsError` for names that the format does not allow; what a `fill`
  ///   throws.
  @discardableResult
  package static func write(
    _ tensors: [TensorEntry], metadata: [String: String] = ["format": "pt"], to path: String
  ) throws -> FileDigest {
    let (folder, name) = AtomicFile.split(path)
    let hidden = "\(folder)/.\(name).tmp-\(getpid())"
    do {
      // What a killed process of the same number may have left.
      unlink(hidden)
      let digest = try create(tensors, metadata: metadata, path: hidden, shownAs: path)
      guard rename(hidden, path) == 0 else { throw FileError(action: "write", path: path) }
      try AtomicFile.flushFolder(folder)
      return digest
    } catch {
      unlink(hidden)
      throw error
    }
  }

  /// Writes tensors as a new file, brought to the disk; on an error what there is of it stays.
  /// - Parameter shownAs: the path that errors name.
  static func create(
    _ tensors: [TensorEntry], metadata: [String: String], path: String, shownAs: String
  ) throws -> FileDigest {
    var names: Set<String> = ["__metadata__"]
    for tensor in tensors where !names.insert(tensor.name).inserted {
      let reason =
        tensor.name == "__metadata__" ? "is a name that the format keeps for itself" : "comes twice"
      throw SafetensorsError(
        path: shownAs, reason: "cannot be written, as the tensor '\(tensor.name)' \(reason)")
    }
    let output = try HashedOutput(creating: path, shownAs: shownAs)
    let header = SafetensorsHeader(of: tensors, metadata: metadata).encoded
    try header.withUnsafeBytes { try output.append($0) }
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: tensors.map(\.scratchByteCount).max() ?? 0, alignment: 64)
    defer { scratch.deallocate() }
    for tensor in tensors.sorted(by: SafetensorsHeader.precedes) {
      try tensor.withBytes(scratch: scratch) { try output.append($0) }
    }
    return try output.finish()
  }
}
