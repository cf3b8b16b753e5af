import Checkpoints
import Files
import Foundation
import Testing

/// Files that are no safetensors files, or damaged ones: each gets a sentence, none ends the program.
@Suite struct SafetensorsDamageTests {
  /// A file of this header and so many bytes after it.
  static func file(_ header: String, data: Int) -> [UInt8] {
    let json = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
      + [UInt8](repeating: 1, count: data)
  }

  static func tensor(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let broken: [(bytes: [UInt8], says: String)] = [
    ([], "it has 0 bytes, too few"),
    ([1, 0, 0, 0, 0, 0, 0], "it has 7 bytes, too few"),
    ([8, 0, 0, 0, 0, 0, 0, 0], "its header is 8 bytes long and 0 bytes are there, so it was cut short"),
    ([0, 0, 0, 0, 0, 0, 0, 0], "does not begin with '{'"),
    ([255, 255, 255, 255, 255, 255, 255, 255], "its header would be 18446744073709551615 bytes long"),
    (Array("%PDF-1.7 and more".utf8), "more than the format allows"),
    (file("[]", data: 0), "does not begin with '{'"),
    (file("{", data: 0), "'\"' was expected at byte 1"),
    (file("{}{}", data: 0), "something follows the JSON object"),
    (file("{\"a\"}", data: 0), "':' was expected"),
    (file("{\"a\":1}", data: 0), "'{' was expected"),
    (file("{\"a", data: 0), "a string has no end"),
    (file("{\"\\", data: 0), "a string has no end"),
    (file("{\"\\q\":{}}", data: 0), "an unknown escape"),
    (file("{\"\\u12", data: 0), "a string has no end"),
    (file("{\"\\ud800\":{}}", data: 0), "half a surrogate pair"),
    (file("{\"\\ud800\\u0041\":{}}", data: 0), "half a surrogate pair"),
    (file("{\"\u{1}\":{}}", data: 0), "control character"),
    (file("{\(tensor("a", "F32", "[1]", "[0,4]")),}", data: 4), "'\"' was expected"),
    (file("{\"a\":{}}", data: 0), "lacks dtype, shape or data_offsets of tensor 'a'"),
    (file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", data: 0), "gives 'dtype' of tensor 'a' twice"),
    (file("{\"a\":{\"strides\":[1]}}", data: 0), "unknown field 'strides' for tensor 'a'"),
    (
      file("{\(tensor("a", "F32", "[0]", "[0,0]")),\(tensor("a", "F32", "[0]", "[0,0]"))}", data: 0),
      "its header names 'a' twice"
    ),
    (file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", data: 0), "has the metadata 'a' twice"),
    (file("{\"__metadata__\":{\"a\":1}}", data: 0), "'\"' was expected"),
    (
      file("{\(tensor("a", "F33", "[1]", "[0,4]"))}", data: 4),
      "has the type 'F33', which is none of F64, F32"
    ),
    (file("{\(tensor("a", "F32", "[-1]", "[0,4]"))}", data: 4), "whole number that is not negative"),
    (file("{\(tensor("a", "F32", "[1.5]", "[0,4]"))}", data: 4), "']' was expected"),
    (file("{\(tensor("a", "F32", "[01]", "[0,4]"))}", data: 4), "a number begins with 0"),
    (file("{\(tensor("a", "F32", "[99999999999999999999]", "[0,4]"))}", data: 4), "a number is too large"),
    (
      file("{\(tensor("a", "F32", "[4294967296,4294967296]", "[0,4]"))}", data: 4),
      "of shape [4294967296, 4294967296] in F32 does not take 4 bytes"
    ),
    (file("{\(tensor("a", "F64", "[1]", "[0,4]"))}", data: 4), "of shape [1] in F64 does not take 4 bytes"),
    (file("{\(tensor("a", "F32", "[1]", "[4,0]"))}", data: 4), "not a begin and an end"),
    (file("{\(tensor("a", "F32", "[1]", "[0]"))}", data: 4), "not a begin and an end"),
    (file("{\(tensor("a", "F32", "[1]", "[4,8]"))}", data: 8), "4 bytes before tensor 'a' belong to none"),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]")),\(tensor("b", "F32", "[1]", "[4,8]"))}", data: 8),
      "tensor 'b' overlaps the one before it"
    ),
    (
      file("{\(tensor("a", "F32", "[1]", "[9223372036854775803,9223372036854775807]"))}", data: 4),
      "belong to none"
    ),
    (
      file("{\(tensor("a", "F32", "[2]", "[0,8]"))}", data: 7),
      "take 8 bytes, of which it has 7, so it was cut"
    ),
    (file("{\(tensor("a", "F32", "[2]", "[0,8]"))}", data: 9), "1 bytes follow its last tensor"),
  ]

  @Test(arguments: broken) func saysWhatIsWrong(_ example: (bytes: [UInt8], says: String)) throws {
    try withScratchFolder { folder in
      let path = folder + "/broken.safetensors"
      try writeBytes(example.bytes, path)
      let told = try #require(sentence { _ = try SafetensorsReader(path: path) })
      #expect(told.hasPrefix(path + ": "))
      #expect(told.contains(example.says), "\(told)")
    }
  }

  @Test func aNameThatIsNotUTF8IsAnError() throws {
    try withScratchFolder { folder in
      var bytes = Self.file("{\"?\":{}}", data: 0)
      bytes[10] = 0xFF
      try writeBytes(bytes, folder + "/x")
      #expect(sentence { _ = try SafetensorsReader(path: folder + "/x") }?.contains("is not UTF-8") == true)
    }
  }

  @Test func whatIsNoFileIsAnError() throws {
    try withScratchFolder { folder in
      #expect(
        sentence { _ = try SafetensorsReader(path: folder + "/none") }
          == "cannot read \(folder)/none: there is no such file")
      #expect(
        sentence { _ = try SafetensorsReader(path: folder) }
          == "cannot read \(folder): it is a folder, not a file")
      // A pipe that nobody writes to must not be waited for.
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(throws: FileError.self) { try SafetensorsReader(path: folder + "/pipe") }
    }
  }

  @Test func anyCutIsAnError() throws {
    let whole = Array(try #require(Data(base64Encoded: SafetensorsTests.fixture)))
    try withScratchFolder(inMemory: true) { folder in
      let path = folder + "/cut.safetensors"
      for count in 0..<whole.count {
        try writeBytes(Array(whole[..<count]), path)
        #expect(throws: SafetensorsError.self, "cut to \(count) bytes") { try SafetensorsReader(path: path) }
      }
    }
  }

  /// 3,000 damaged files, the same each time: none ends the program, and what still opens can be read whole.
  @Test func noDamageEndsTheProgram() throws {
    let whole = Array(try #require(Data(base64Encoded: SafetensorsTests.fixture)))
    // Knuth's MMIX generator.
    var state: UInt64 = 1
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    try withScratchFolder(inMemory: true) { folder in
      let path = folder + "/damaged.safetensors"
      var opened = 0
      for _ in 0..<3000 {
        var bytes = whole
        for _ in 0...random(3) {
          switch random(4) {
          case 0: bytes[random(bytes.count)] ^= 1 << UInt8(random(8))
          case 1: bytes[random(min(600, bytes.count))] = Array("{}[]\",:0919\\u".utf8)[random(13)]
          case 2: bytes.remove(at: random(bytes.count))
          default: bytes.insert(UInt8(random(256)), at: random(bytes.count))
          }
        }
        try writeBytes(bytes, path)
        guard let file = try? SafetensorsReader(path: path) else { continue }
        opened += 1
        for tensor in file.tensors {
          var copy = [UInt8](repeating: 0, count: tensor.bytes.count)
          let stored = try file.tensor(named: tensor.name)
          try copy.withUnsafeMutableBytes { try stored.copy(into: $0) }
        }
      }
      #expect(opened > 0 && opened < 3000)
    }
  }
}
