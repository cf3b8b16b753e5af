import CZlib

/// Files as MNIST's are, made here.
enum MadeIDX {
  /// Rows x columns pictures, each with bytes of its own.
  static func pictures(_ count: Int, rows: Int, columns: Int, type: UInt8 = 8) -> [UInt8] {
    header(type, [count, rows, columns]) + (0..<count).flatMap { picture($0, rows: rows, columns: columns) }
  }

  /// The bytes of picture `index` of `pictures`.
  static func picture(_ index: Int, rows: Int, columns: Int) -> [UInt8] {
    Raw.pattern(columns, rows, channels: 1, kind: index).pixels
  }

  /// One class a picture.
  static func labels(_ classes: [UInt8]) -> [UInt8] { header(8, [classes.count]) + classes }

  /// Two zeros, the type, the number of dimensions and each of them.
  static func header(_ type: UInt8, _ dimensions: [Int]) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)]
      + dimensions.flatMap { side in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: side >> $0) } }
  }

  /// As `gzip` writes it.
  static func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(), size) == Z_OK
    else { return [] }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
    return input.withUnsafeMutableBufferPointer { given in
      output.withUnsafeMutableBufferPointer { taken in
        stream.next_in = given.baseAddress
        stream.avail_in = UInt32(given.count)
        stream.next_out = taken.baseAddress
        stream.avail_out = UInt32(taken.count)
        return deflate(&stream, Z_FINISH) == Z_STREAM_END
          ? Array(taken[..<(taken.count - Int(stream.avail_out))]) : []
      }
    }
  }
}
