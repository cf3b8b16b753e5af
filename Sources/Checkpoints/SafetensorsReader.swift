import Files

/// An open safetensors file. The whole header is checked before any tensor is read.
package final class SafetensorsReader: Sendable {
  /// Strings about the file, such as `format: pt`.
  package let metadata: [String: String]
  /// The tensors in the order of their bytes.
  package let tensors: [TensorDescription]
  private let file: InputFile
  private let dataStart: Int
  private let places: [String: Int]

  /// The path of the file.
  package var path: String { file.path }

  /// Opens a file and checks its header and its length. Tensors are read later, by `pread`. The file is not mapped
  /// into memory: if a mapped file is cut short, the next access ends the program.
  /// - Throws: `FileError` if the file cannot be read, `SafetensorsError` if it is damaged or not a safetensors file.
  package init(path: String) throws {
    file = try InputFile(path: path)
    guard file.size >= 8 else {
      throw SafetensorsError(path: path, reason: "it has \(file.size) bytes, too few for a safetensors file")
    }
    var length: UInt64 = 0
    let file = file
    let got = try withUnsafeMutableBytes(of: &length) { try file.read(into: $0, at: 0) }
    length = UInt64(littleEndian: length)
    guard got == 8, length <= UInt64(SafetensorsHeader.longest) else {
      throw SafetensorsError(
        path: path,
        reason:
          "its header would be \(length) bytes long, more than the format allows, so it is no safetensors file"
      )
    }
    guard Int(length) <= file.size - 8 else {
      throw SafetensorsError(
        path: path,
        reason: "its header is \(length) bytes long and \(file.size - 8) bytes are there, so it was cut short"
      )
    }
    var json = [UInt8](repeating: 0, count: Int(length))
    guard try json.withUnsafeMutableBytes({ try file.read(into: $0, at: 8) }) == json.count else {
      throw SafetensorsError(path: path, reason: "it was cut short while it was read")
    }
    dataStart = 8 + json.count
    do {
      let header = try SafetensorsHeader(json: json, dataBytes: file.size - dataStart)
      metadata = header.metadata
      tensors = header.tensors
    } catch let fault as HeaderFault {
      throw SafetensorsError(path: path, reason: fault.reason)
    }
    places = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  /// Whether the file holds a tensor of this name.
  package func contains(_ name: String) -> Bool { places[name] != nil }

  /// The tensor of this name; its bytes are not read yet.
  /// - Throws: `SafetensorsError` if there is none.
  package func tensor(named name: String) throws -> StoredTensor {
    guard let place = places[name] else {
      throw SafetensorsError(path: path, reason: "it holds no tensor '\(name)'")
    }
    return StoredTensor(description: tensors[place], file: file, dataStart: dataStart)
  }
}

/// A tensor in a file.
package struct StoredTensor: Sendable {
  /// Its name, type, shape and place in the file.
  package let description: TensorDescription
  let file: InputFile
  let dataStart: Int

  /// The type of its elements.
  package var type: SafetensorsType { description.type }
  /// Its dimensions, outermost first.
  package var shape: [Int] { description.shape }

  /// Copies the tensor's bytes as they are in the file, little-endian.
  /// - Parameter bytes: where they are written; it must have exactly the tensor's size.
  /// - Throws: `FileError`; `SafetensorsError` if the file was cut short since it was opened.
  package func copy(into bytes: UnsafeMutableRawBufferPointer) throws {
    precondition(bytes.count == description.bytes.count, "tensor \(description.name): room of another size")
    try read(into: bytes, from: 0)
  }

  /// Copies the tensor's elements as 32-bit floats; F64 (rounded), F16 and BF16 are converted.
  /// - Parameter floats: where they are written; it must have exactly as many elements as the tensor.
  /// - Throws: `FileError`; `SafetensorsError` for any other type, or if the file was cut short since it was opened.
  package func copyFloats(into floats: UnsafeMutableBufferPointer<Float>) throws {
    precondition(floats.count == description.count, "tensor \(description.name): room of another size")
    switch type {
    case .float32: try read(into: UnsafeMutableRawBufferPointer(floats), from: 0)
    case .float64: try convert(Double.self, into: floats) { Float($0) }
    case .bfloat16: try convert(UInt16.self, into: floats) { Float(bitPattern: UInt32($0) << 16) }
    case .float16: try convert(UInt16.self, into: floats, floatFromHalf)
    default: throw fault("is of type \(type.rawValue) where F32, F64, F16 or BF16 is needed")
    }
  }

  /// The tensor's elements as 32-bit floats.
  /// - Parameter wanted: the shape that the tensor must have.
  /// - Throws: `SafetensorsError` if the tensor has another shape, or a type that cannot be converted; `FileError`.
  package func floats(shape wanted: [Int]) throws -> [Float] {
    guard shape == wanted else { throw fault("has shape \(shape) where \(wanted) is needed") }
    // A capacity of at least 1, as an empty array may have no memory to point to.
    return try [Float](unsafeUninitializedCapacity: max(1, description.count)) { buffer, count in
      try copyFloats(into: UnsafeMutableBufferPointer(rebasing: buffer[..<description.count]))
      count = description.count
    }
  }

  /// The value of a tensor that is a single I64 number, such as PyTorch's `num_batches_tracked`.
  /// - Throws: `SafetensorsError` if the tensor is of another type or has more numbers; `FileError`.
  package func integer() throws -> Int64 {
    guard type == .int64, description.count == 1 else {
      throw fault("is of type \(type.rawValue) and shape \(shape) where one number of type I64 is needed")
    }
    var value: Int64 = 0
    try withUnsafeMutableBytes(of: &value) { try read(into: $0, from: 0) }
    return Int64(littleEndian: value)
  }

  private func convert<Element: BitwiseCopyable>(
    _: Element.Type, into floats: UnsafeMutableBufferPointer<Float>, _ convert: (Element) -> Float
  ) throws {
    let piece = UnsafeMutableBufferPointer<Element>.allocate(capacity: min(1 << 15, max(1, floats.count)))
    defer { piece.deallocate() }
    var start = 0
    while start < floats.count {
      let count = min(piece.count, floats.count - start)
      let part = UnsafeMutableBufferPointer(rebasing: piece[..<count])
      try read(into: UnsafeMutableRawBufferPointer(part), from: start * MemoryLayout<Element>.stride)
      for i in 0..<count { floats[start + i] = convert(part[i]) }
      start += count
    }
  }

  private func read(into bytes: UnsafeMutableRawBufferPointer, from offset: Int) throws {
    let count = try file.read(into: bytes, at: dataStart + description.bytes.lowerBound + offset)
    guard count == bytes.count else { throw fault("cannot be read, as the file was cut since it was opened") }
  }

  private func fault(_ what: String) -> SafetensorsError {
    SafetensorsError(path: file.path, reason: "the tensor '\(description.name)' \(what)")
  }
}

/// The value of a half-precision number of IEEE 754: 1 sign bit, 5 bits of exponent, 10 bits of fraction.
private func floatFromHalf(_ half: UInt16) -> Float {
  let magnitude: Float
  let fraction = Float(half & 0x3FF)
  switch half >> 10 & 0x1F {
  case 0: magnitude = fraction * 0x1p-24
  case 0x1F: magnitude = fraction == 0 ? .infinity : .nan
  case let exponent:
    magnitude = (1024 + fraction) * Float(sign: .plus, exponent: Int(exponent) - 25, significand: 1)
  }
  return half & 0x8000 == 0 ? magnitude : -magnitude
}
