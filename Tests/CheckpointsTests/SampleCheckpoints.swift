import Checkpoints
import Foundation
import TestSupport

/// Calls `body` with the path of a new empty folder, and removes the folder afterwards.
/// - Parameter inMemory: in memory where the system has a place for that.
func withScratchFolder<Result>(inMemory: Bool = false, _ body: (String) throws -> Result) throws -> Result {
  let scratch = try Scratch(inMemory: inMemory)
  return try withExtendedLifetime(scratch) { try body(scratch.path) }
}

func readBytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

func writeBytes(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// What `body` throws, as the sentence that a person would read; nil if it throws nothing.
func sentence(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// A tensor of these numbers, which it makes when it is written.
func entry(_ name: String, _ shape: [Int], _ floats: [Float]) -> TensorEntry {
  TensorEntry(name: name, type: .float32, shape: shape) { bytes in
    floats.withUnsafeBytes { bytes.copyMemory(from: $0) }
  }
}

extension CheckpointStore {
  /// Writes a checkpoint whose tensors, of `count` numbers each, are all `value`, by default the step.
  @discardableResult
  func writeSample(step: Int, value: Float? = nil, count: Int = 5) throws -> SavedCheckpoint {
    let numbers = [Float](repeating: value ?? Float(step), count: count)
    return try write(
      step: step, model: [entry("generator.main.0.weight", [count], numbers)],
      optimizer: [entry("generator.main.0.weight.m", [count], numbers)], info: ["preset": "dcgan64"])
  }
}

extension Checkpoint {
  /// The value of which `writeSample` made both files, nil where they differ.
  func sampleValue() throws -> Float? {
    let model = try openModel().tensor(named: "generator.main.0.weight")
    let optimizer = try openOptimizer().tensor(named: "generator.main.0.weight.m")
    let floats = try model.floats(shape: model.shape) + optimizer.floats(shape: optimizer.shape)
    return Set(floats).count == 1 ? floats[0] : nil
  }
}
