import Checkpoints
import Foundation
import Models
import Networks
import Tensors
import Testing

/// A file of tensors that PyTorch wrote (Fixtures/README.md).
struct Fixture {
  let file: SafetensorsReader

  init(_ name: String) throws { file = try SafetensorsReader(path: Self.path(name)) }

  static func path(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
  }

  /// A tensor's numbers, in PyTorch's layout.
  func floats(_ name: String) throws -> [Float] {
    let tensor = try file.tensor(named: name)
    return try tensor.floats(shape: tensor.shape)
  }

  /// A tensor of pictures, [N,C,H,W] turned into N,H,W,C.
  func pictures(_ name: String) throws -> [Float] {
    let shape = try file.tensor(named: name).shape
    return try channelsLast(floats(name), shape)
  }

  func scalar(_ name: String) throws -> Double { Double(try #require(try floats(name).first)) }

  /// Writes the tensors whose names begin with `prefix`, without it, as a file of their own.
  func write(_ prefix: String, to path: String) throws {
    let entries = try file.tensors.filter { $0.name.hasPrefix(prefix) }.map { description -> TensorEntry in
      let name = String(description.name.dropFirst(prefix.count))
      let tensor = try file.tensor(named: description.name)
      if tensor.type == .int64 { return TensorEntry(name: name, integer: try tensor.integer()) }
      let numbers = try tensor.floats(shape: tensor.shape)
      return TensorEntry(name: name, type: .float32, shape: tensor.shape) { bytes in
        numbers.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
    }
    try Safetensors.write(entries, to: path)
  }
}

/// N,C,H,W to N,H,W,C.
func channelsLast(_ x: [Float], _ shape: [Int]) -> [Float] {
  let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
  var result = [Float](repeating: 0, count: x.count)
  for sample in 0..<n {
    for channel in 0..<c {
      for pixel in 0..<h * w {
        result[(sample * h * w + pixel) * c + channel] = x[(sample * c + channel) * h * w + pixel]
      }
    }
  }
  return result
}

/// A parameter's numbers between this program's layout and PyTorch's.
enum Layout {
  static func toPyTorch(_ source: [Float], _ state: NamedState) -> [Float] {
    convert(source, state, toPyTorch: true)
  }
  static func fromPyTorch(_ source: [Float], _ state: NamedState) -> [Float] {
    convert(source, state, toPyTorch: false)
  }

  private static func convert(_ source: [Float], _ state: NamedState, toPyTorch: Bool) -> [Float] {
    var result = source
    source.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { result in
        switch state.layout {
        case .vector:
          if let picture = state.outputPicture {
            (toPyTorch ? TensorLayout.featuresToPyTorch : TensorLayout.featuresFromPyTorch)(
              source, picture, result)
          }
        case .convolution(let height, let width, let large, let small):
          (toPyTorch ? TensorLayout.convolutionToPyTorch : TensorLayout.convolutionFromPyTorch)(
            source, (height, width), large, small, result)
        case .dense(let inputs, let outputs):
          (toPyTorch ? TensorLayout.denseToPyTorch : TensorLayout.denseFromPyTorch)(
            source, inputs, outputs, state.inputPicture, state.outputPicture, result
          )
        }
      }
    }
    return result
  }
}
