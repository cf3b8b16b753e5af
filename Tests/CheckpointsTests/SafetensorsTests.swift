import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  /// Written by Python's `safetensors`: scripts/python/check_safetensors.py --fixture.
  static let fixture =
    "CAIAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJnZW5lcmF0b3IubWFpbi4xLm51bV9iYXRjaGVzX3Ry"
    + "YWNrZWQiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzAsOF19LCJkb3VibGUiOnsiZHR5cGUi"
    + "OiJGNjQiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls4LDE2XX0sImEgXCJxdW90ZWRcIlxcXG7DqeS4rVx1MDAwMSI6"
    + "eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzE2LDIwXX0sImVtcHR5Ijp7ImR0eXBlIjoiRjMy"
    + "Iiwic2hhcGUiOlswLDJdLCJkYXRhX29mZnNldHMiOlsyMCwyMF19LCJnZW5lcmF0b3IubWFpbi4wLndlaWdodCI6eyJkdHlw"
    + "ZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbMjAsNDRdfSwiYnJhaW4iOnsiZHR5cGUiOiJCRjE2Iiwi"
    + "c2hhcGUiOlsyLDFdLCJkYXRhX29mZnNldHMiOls0NCw0OF19LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOls1XSwi"
    + "ZGF0YV9vZmZzZXRzIjpbNDgsNThdfX0gAAAAAAD///+amZmZmZm5PwAA4EAAAAAAAACAPwAAAMAAAAA/whYBAJ7Jf3+AP0nA"
    + "ADwAgP97AQAAfA=="

  /// 1e-40 in 32 bits, less than the smallest normal number.
  static let subnormal = Float(bitPattern: 0x0001_16C2)
  static let awkwardName = "a \"quoted\"\\\n\u{E9}\u{4E2D}\u{1}"

  @Test func readsAFileOfThePythonLibrary() throws {
    try withScratchFolder { folder in
      let path = folder + "/fixture.safetensors"
      try writeBytes(Array(try #require(Data(base64Encoded: Self.fixture))), path)
      let file = try SafetensorsReader(path: path)
      #expect(file.metadata == ["format": "pt"])
      #expect(file.tensors.count == 7)
      let weight = try file.tensor(named: "generator.main.0.weight")
      #expect(weight.type == .float32 && weight.shape == [2, 3])
      #expect(try weight.floats(shape: [2, 3]) == [0, 1, -2, 0.5, Self.subnormal, 3.4e38])
      #expect(try file.tensor(named: "generator.main.1.num_batches_tracked").integer() == -(1 << 40))
      #expect(try file.tensor(named: "half").floats(shape: [5]) == [1, -0.0, 65504, 0x1p-24, .infinity])
      #expect(try file.tensor(named: "half").floats(shape: [5])[1].sign == .minus)
      #expect(try file.tensor(named: "brain").floats(shape: [2, 1]) == [1, -3.140625])
      #expect(try file.tensor(named: "double").floats(shape: [1]) == [0.1])
      #expect(try file.tensor(named: "empty").floats(shape: [0, 2]) == [])
      #expect(try file.tensor(named: Self.awkwardName).floats(shape: [1]) == [7])
      #expect(file.contains("half") && !file.contains("halves"))
    }
  }

  /// The fixture's tensors, from bytes in memory and from closures, in an order of our own.
  @Test func writesTheBytesThatThePythonLibraryWrites() throws {
    try withScratchFolder { folder in
      let path = folder + "/ours.safetensors"
      let half: [UInt16] = [0x3C00, 0x8000, 0x7BFF, 0x0001, 0x7C00]
      let brain: [UInt16] = [0x3F80, 0xC049]
      let double: [Double] = [0.1]
      try half.withUnsafeBytes { half in
        try brain.withUnsafeBytes { brain in
          try double.withUnsafeBytes { double in
            let tensors = [
              TensorEntry(name: "half", type: .float16, shape: [5], bytes: half),
              entry("empty", [0, 2], []),
              entry("generator.main.0.weight", [2, 3], [0, 1, -2, 0.5, Self.subnormal, 3.4e38]),
              TensorEntry(name: "brain", type: .bfloat16, shape: [2, 1], bytes: brain),
              TensorEntry(name: "generator.main.1.num_batches_tracked", integer: -(1 << 40)),
              entry(Self.awkwardName, [1], [7]),
              TensorEntry(name: "double", type: .float64, shape: [1], bytes: double),
            ]
            let digest = try Safetensors.write(tensors, to: path)
            let bytes = try readBytes(path)
            #expect(bytes == Array(try #require(Data(base64Encoded: Self.fixture))))
            #expect(try digest == FileDigest(of: path))
            #expect(digest.bytes == bytes.count)
            #expect(try Scratch.names(in: folder) == ["ours.safetensors"])
            try Safetensors.write(tensors.reversed(), to: path)
            #expect(try readBytes(path) == bytes, "the order in which tensors are given tells in the file")
          }
        }
      }
    }
  }

  @Test func convertsLargeTensorsPieceByPiece() throws {
    try withScratchFolder { folder in
      let path = folder + "/large.safetensors"
      let numbers = (0..<100_003).map { Double($0) * 0.25 }
      try numbers.withUnsafeBytes {
        _ = try Safetensors.write(
          [TensorEntry(name: "x", type: .float64, shape: [100_003], bytes: $0)], metadata: [:], to: path)
      }
      let file = try SafetensorsReader(path: path)
      #expect(file.metadata.isEmpty)
      #expect(try file.tensor(named: "x").floats(shape: [100_003]) == numbers.map(Float.init))
    }
  }

  @Test func digestIsSHA256() throws {
    try withScratchFolder { folder in
      // The first example of FIPS 180-2.
      try writeBytes(Array("abc".utf8), folder + "/abc")
      let digest = try FileDigest(of: folder + "/abc")
      #expect(digest.bytes == 3)
      #expect(digest.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
  }

  @Test func anEmptyListIsAFile() throws {
    try withScratchFolder { folder in
      try Safetensors.write([], metadata: [:], to: folder + "/none.safetensors")
      #expect(
        try readBytes(folder + "/none.safetensors") == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
      #expect(try SafetensorsReader(path: folder + "/none.safetensors").tensors.isEmpty)
    }
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    struct Trouble: Error {}
    try withScratchFolder { folder in
      let path = folder + "/model.safetensors"
      try Safetensors.write([entry("a", [1], [1])], to: path)
      let before = try readBytes(path)
      let failing = TensorEntry(name: "b", type: .float32, shape: [1]) { _ in throw Trouble() }
      #expect(throws: Trouble.self) { try Safetensors.write([entry("a", [1], [2]), failing], to: path) }
      #expect(
        sentence { try Safetensors.write([entry("a", [1], [2]), entry("a", [1], [3])], to: path) }
          == "\(path): cannot be written, as the tensor 'a' comes twice")
      #expect(
        sentence { try Safetensors.write([entry("__metadata__", [1], [2])], to: path) }
          == "\(path): cannot be written, as the tensor '__metadata__' is a name that the format keeps for itself"
      )
      #expect(
        sentence { try Safetensors.write([], to: folder + "/nowhere/model.safetensors") }
          == "cannot write \(folder)/nowhere/model.safetensors: its folder does not exist")
      #expect(try readBytes(path) == before)
      #expect(try Scratch.names(in: folder) == ["model.safetensors"])
    }
  }

  @Test func asksForTheRightTensors() throws {
    try withScratchFolder { folder in
      let path = folder + "/model.safetensors"
      try Safetensors.write([entry("a", [1, 2], [1, 2]), TensorEntry(name: "n", integer: 3)], to: path)
      let file = try SafetensorsReader(path: path)
      #expect(sentence { _ = try file.tensor(named: "b") } == "\(path): it holds no tensor 'b'")
      #expect(
        sentence { _ = try file.tensor(named: "a").floats(shape: [2]) }
          == "\(path): the tensor 'a' has shape [1, 2] where [2] is needed")
      #expect(
        sentence { _ = try file.tensor(named: "n").floats(shape: []) }
          == "\(path): the tensor 'n' is of type I64 where F32, F64, F16 or BF16 is needed")
      #expect(
        sentence { _ = try file.tensor(named: "a").integer() }
          == "\(path): the tensor 'a' is of type F32 and shape [1, 2] where one number of type I64 is needed")
      // Cut after it was opened: an error, and not the end of the program.
      #expect(truncate(path, 20) == 0)
      #expect(
        sentence { _ = try file.tensor(named: "a").floats(shape: [1, 2]) }
          == "\(path): the tensor 'a' cannot be read, as the file was cut since it was opened")
    }
  }
}
