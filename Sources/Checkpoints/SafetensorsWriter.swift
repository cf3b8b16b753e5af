import Files
import Foundation

/// A tensor to be written: its name, type and shape, and the source of its bytes.
package struct TensorEntry {
  /// The tensor's name in the file, such as `generator.main.0.weight`.
  package let name: String
  /// The type of its elements.
  package let type: SafetensorsType
  /// Its dimensions, outermost first; empty for a single number.
  package let shape: [Int]
  let byteCount: Int
  private let source: Source

  private enum Source {
    case bytes(UnsafeRawBufferPointer)
    case fill((UnsafeMutableRawBufferPointer) throws -> Void)
  }

  /// A tensor whose bytes lie in memory as they are written to the file, little-endian.
  /// - Parameter bytes: the tensor's bytes, of exactly its size. They must stay valid until the file is written.
  package init(name: String, type: SafetensorsType, shape: [Int], bytes: UnsafeRawBufferPointer) {
    self.init(name: name, type: type, shape: shape, source: .bytes(bytes))
    precondition(
      bytes.count == byteCount, "tensor \(name) takes \(byteCount) bytes, \(bytes.count) are given")
  }

  /// A tensor whose bytes are made when it is written, for example because the file has another layout. So only one
  /// tensor at a time takes memory twice.
  /// - Parameter fill: must write all bytes of the buffer that it is given, little-endian.
  package init(
    name: String, type: SafetensorsType, shape: [Int],
    fill: @escaping (UnsafeMutableRawBufferPointer) throws -> Void
  ) {
    self.init(name: name, type: type, shape: shape, source: .fill(fill))
  }

  /// A tensor that is a single I64 number, such as PyTorch's `num_batches_tracked`.
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

  /// Calls `body` with the tensor's bytes.
  /// - Parameter scratch: memory of at least `scratchByteCount` bytes, in which `fill` makes the bytes.
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

/// Files in the safetensors format, which Python's `safetensors` and all that is built on it can read.
package enum Safetensors {
  /// Writes tensors as a file at `path`, wholly or not at all.
  ///
  /// Equal names, types, shapes, bytes and metadata give equal files, in whatever order the tensors are given. They are
  /// equal to the files that Python's `safetensors` writes.
  /// - Parameters:
  ///   - tensors: the tensors to write; their names must differ.
  ///   - metadata: strings about the file; `format: pt` tells Python's readers that the tensors are PyTorch's.
  ///   - path: where to write the file; an older file is replaced.
  /// - Returns: the file's size and SHA-256.
  /// - Throws: `FileError`; `SafetensorsError` for names that the format does not allow; what a `fill` throws. An older
  ///   file is then unchanged.
  @discardableResult
  package static func write(
    _ tensors: [TensorEntry], metadata: [String: String] = ["format": "pt"], to path: String
  ) throws -> FileDigest {
    let (folder, name) = AtomicFile.split(path)
    let hidden = "\(folder)/.\(name).tmp-\(getpid())"
    do {
      // A killed process with the same id may have left such a file.
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

  /// Writes tensors as a new file and flushes it to the disk. After an error, a part of the file may be left.
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
