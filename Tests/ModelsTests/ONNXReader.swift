import Foundation

/// Reads ONNX files with none of the writer's code.
struct ONNXReader {
  /// A node of the graph.
  struct Node {
    var operation = ""
    var inputs: [String] = []
    var outputs: [String] = []
    /// Attributes that are whole numbers, or lists of them.
    var integers: [String: [Int]] = [:]
    var floats: [String: Float] = [:]
    var texts: [String: String] = [:]
  }
  /// A constant; `values` where it holds floats, `integers` where it holds integers.
  struct Constant {
    var shape: [Int] = []
    var values: [Float] = []
    var integers: [Int] = []
  }

  private(set) var formatVersion = 0
  private(set) var opset = 0
  private(set) var metadata: [String: String] = [:]
  private(set) var nodes: [Node] = []
  private(set) var constants: [String: Constant] = [:]
  /// Names and shapes; an extent without a number is a word.
  private(set) var inputs: [String: [String]] = [:]
  private(set) var outputs: [String: [String]] = [:]

  init(_ path: String) throws {
    for (field, value) in Self.fields(ArraySlice([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))) {
      switch field {
      case 1: formatVersion = value.integer
      case 7: readGraph(value.bytes)
      case 8: opset = Self.all(value, 2)[0].integer
      case 14: metadata[Self.all(value, 1)[0].text] = Self.all(value, 2)[0].text
      default: break
      }
    }
  }

  /// The node that makes a value.
  func node(_ output: String) -> Node? { nodes.first { $0.outputs == [output] } }

  /// Names that nodes take and that nothing before them gives.
  var dangling: [String] {
    var known = Set(inputs.keys).union(constants.keys).union([""])
    var missing: [String] = []
    for node in nodes {
      missing += node.inputs.filter { !known.contains($0) }
      known.formUnion(node.outputs)
    }
    return missing + outputs.keys.filter { !known.contains($0) }
  }

  private mutating func readGraph(_ bytes: ArraySlice<UInt8>) {
    for (field, value) in Self.fields(bytes) {
      switch field {
      case 1: nodes.append(Self.node(value))
      case 5: constants[Self.all(value, 8)[0].text] = Self.constant(value)
      case 11: inputs[Self.all(value, 1)[0].text] = Self.shape(value)
      case 12: outputs[Self.all(value, 1)[0].text] = Self.shape(value)
      default: break
      }
    }
  }

  private static func node(_ value: Value) -> Node {
    var node = Node()
    node.inputs = all(value, 1).map(\.text)
    node.outputs = all(value, 2).map(\.text)
    node.operation = all(value, 4)[0].text
    for attribute in all(value, 5) {
      let name = all(attribute, 1)[0].text
      switch all(attribute, 20)[0].integer {
      case 1: node.floats[name] = Float(bitPattern: UInt32(all(attribute, 2)[0].number))
      case 2: node.integers[name] = [all(attribute, 3)[0].integer]
      case 3: node.texts[name] = all(attribute, 4)[0].text
      default: node.integers[name] = all(attribute, 8).map(\.integer)
      }
    }
    return node
  }

  private static func constant(_ value: Value) -> Constant {
    let raw = Array(all(value, 9)[0].bytes)
    var constant = Constant(shape: all(value, 1).map(\.integer))
    raw.withUnsafeBytes { bytes in
      if all(value, 2)[0].integer == 1 {
        constant.values = (0..<raw.count / 4).map {
          bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
        }
      } else {
        constant.integers = (0..<raw.count / 8).map {
          Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
        }
      }
    }
    return constant
  }

  private static func shape(_ value: Value) -> [String] {
    let tensor = all(all(value, 2)[0], 1)[0]
    return all(all(tensor, 2)[0], 1).map { dimension in
      all(dimension, 1).first.map { "\($0.integer)" } ?? all(dimension, 2)[0].text
    }
  }

  // MARK: Protocol Buffers

  private struct Value {
    var number: UInt64 = 0
    var bytes: ArraySlice<UInt8> = []
    var integer: Int { Int(Int64(bitPattern: number)) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  private static func all(_ value: Value, _ field: Int) -> [Value] {
    fields(value.bytes).filter { $0.0 == field }.map(\.1)
  }

  private static func fields(_ bytes: ArraySlice<UInt8>) -> [(Int, Value)] {
    var rest = bytes
    func varint() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 127) << shift
        if byte < 128 { break }
        shift += 7
      }
      return value
    }
    func fixed(_ count: Int) -> UInt64 {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    var found: [(Int, Value)] = []
    while !rest.isEmpty {
      let key = varint()
      var value = Value()
      switch key & 7 {
      case 0: value.number = varint()
      case 1: value.number = fixed(8)
      case 5: value.number = fixed(4)
      default:
        let count = Int(varint())
        value.bytes = rest.prefix(count)
        rest = rest.dropFirst(count)
      }
      found.append((Int(key >> 3), value))
    }
    return found
  }
}
