import Files

/// A graph of ONNX while it is made: nodes, constants, inputs and outputs, by the field numbers of `onnx.proto`.
struct ONNXGraph {
  /// The name of the graph.
  let name: String
  private var message = ProtobufMessage()

  /// An attribute of a node.
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case text(String)
  }

  /// One extent of an input's or output's shape.
  enum Extent {
    case fixed(Int)
    /// The number of samples, which differs from call to call.
    case batch
  }

  /// An empty graph.
  init(name: String) {
    self.name = name
    message.add(2, text: name)
  }

  /// Adds a node, whose output becomes its name.
  /// - Parameter inputs: names of values; an empty name is an input that is left out.
  /// - Returns: the name of the output.
  @discardableResult
  mutating func node(
    _ operation: String, _ inputs: [String], named output: String,
    _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) -> String {
    var node = ProtobufMessage()
    for input in inputs { node.add(1, text: input) }
    node.add(2, text: output)
    node.add(3, text: output)
    node.add(4, text: operation)
    for (name, value) in attributes { node.add(5, message: Self.attribute(name, value)) }
    message.add(1, message: node)
    return output
  }

  private static func attribute(_ name: String, _ value: Attribute) -> ProtobufMessage {
    var attribute = ProtobufMessage()
    attribute.add(1, text: name)
    switch value {
    case .float(let number):
      attribute.add(2, float: number)
      attribute.add(20, integer: 1)
    case .integer(let number):
      attribute.add(3, integer: number)
      attribute.add(20, integer: 2)
    case .text(let text):
      attribute.add(4, text: text)
      attribute.add(20, integer: 3)
    case .integers(let numbers):
      for number in numbers { attribute.add(8, integer: number) }
      attribute.add(20, integer: 7)
    }
    return attribute
  }

  /// Adds a constant of 32-bit floats.
  /// - Returns: its name.
  mutating func constant(_ tensor: ExportedTensor, named name: String) -> String {
    tensor.values.withUnsafeBytes { constant(shape: tensor.shape, type: 1, $0, named: name) }
    return name
  }

  /// Adds a constant list of integers.
  /// - Returns: its name.
  mutating func constant(_ numbers: [Int], named name: String) -> String {
    numbers.map(Int64.init).withUnsafeBytes { constant(shape: [numbers.count], type: 7, $0, named: name) }
    return name
  }

  private mutating func constant(shape: [Int], type: Int, _ bytes: UnsafeRawBufferPointer, named name: String)
  {
    var tensor = ProtobufMessage()
    for extent in shape { tensor.add(1, integer: extent) }
    tensor.add(2, integer: type)
    tensor.add(8, text: name)
    tensor.add(9, bytes: bytes)
    message.add(5, message: tensor)
  }

  /// Adds an input of 32-bit floats.
  /// - Returns: its name.
  mutating func input(_ name: String, _ shape: [Extent]) -> String {
    message.add(11, message: Self.value(name, shape))
    return name
  }

  /// Says that a value is an output.
  mutating func output(_ name: String, _ shape: [Extent]) {
    message.add(12, message: Self.value(name, shape))
  }

  private static func value(_ name: String, _ shape: [Extent]) -> ProtobufMessage {
    var extents = ProtobufMessage()
    for extent in shape {
      var dimension = ProtobufMessage()
      switch extent {
      case .fixed(let count): dimension.add(1, integer: count)
      case .batch: dimension.add(2, text: "batch")
      }
      extents.add(1, message: dimension)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, integer: 1)
    tensor.add(2, message: extents)
    var type = ProtobufMessage()
    type.add(1, message: tensor)
    var value = ProtobufMessage()
    value.add(1, text: name)
    value.add(2, message: type)
    return value
  }

  /// The bytes of a file with this graph.
  /// - Parameters:
  ///   - opset: the version of the operators.
  ///   - producer: the name and version of the program that writes it.
  ///   - metadata: texts about the model.
  func file(opset: Int, producer: (name: String, version: String), metadata: [(key: String, value: String)])
    -> [UInt8]
  {
    var model = ProtobufMessage()
    model.add(1, integer: Self.formatVersion)
    model.add(2, text: producer.name)
    model.add(3, text: producer.version)
    model.add(7, message: message)
    var operators = ProtobufMessage()
    operators.add(1, text: "")
    operators.add(2, integer: opset)
    model.add(8, message: operators)
    for (key, value) in metadata {
      var entry = ProtobufMessage()
      entry.add(1, text: key)
      entry.add(2, text: value)
      model.add(14, message: entry)
    }
    return model.bytes
  }

  /// The version of the file's format (`IR_VERSION`): ONNX 1.10 of 2021 and later read it.
  static let formatVersion = 8
}
