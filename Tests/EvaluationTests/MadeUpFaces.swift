import Checkpoints
import Datasets
import Foundation
import Models
import Networks
import Tensors

/// A G that is made by hand: it draws one face, with glasses where z0 is above 0.8.
///
/// Its only convolution with maps has four of them: 0 to 2 are the face in red, green and blue, and 3 is how much the glasses
/// darken it. D has random weights.
struct MadeUpFaces {
  static let size = 32
  let architecture: Architecture
  /// The face with and without glasses, HWC, 0 to 255.
  let with: [UInt8]
  let without: [UInt8]

  init() throws {
    let size = Self.size
    let pairs = try FacePairs(of: .glasses, pairs: 1, size: size, channels: 3, seed: 7)
    with = try Self.picture(pairs, 0)
    without = try Self.picture(pairs, 1)
    func one(_ channels: Int) -> ConvolutionSpecification {
      ConvolutionSpecification(outChannels: channels, kernel: 1, stride: 1, padding: .explicit(0), bias: true)
    }
    architecture = Architecture(
      name: "made up", latent: 4, size: size, channels: 3,
      generator: [
        .dense(.init(outFeatures: 1)), .sigmoid, .dense(.init(outFeatures: size * size * 4)),
        .reshape(height: size, width: size, channels: 4), .convolution(one(4)), .relu, .convolution(one(3)),
      ],
      discriminator: [
        .convolution(.init(outChannels: 16, kernel: 4, stride: 2, padding: .explicit(1))),
        .leakyReLU(slope: 0.2),
        .convolution(.init(outChannels: 16, kernel: 4, stride: 2, padding: .explicit(1))),
        .leakyReLU(slope: 0.2), .dense(.init(outFeatures: 1)),
      ])
  }

  private static func picture(_ pairs: FacePairs, _ index: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: pairs.bytesPerPicture)
    try bytes.withUnsafeMutableBufferPointer { _ = try pairs.draw(index, into: $0.baseAddress!) }
    return bytes
  }

  /// Writes the model.
  func write(to path: String) throws {
    let pixels = Self.size * Self.size
    let face = planes { pixel in Float(without[pixel]) / 255 }
    let glasses = (0..<pixels).map { pixel in
      max(0, (0..<3).reduce(Float(0)) { $0 + Float(without[3 * pixel + $1]) - Float(with[3 * pixel + $1]) })
        / 765
    }
    let zeros = [Float](repeating: 0, count: 3 * pixels)
    let eye = (0..<4).flatMap { row in (0..<4).map { Float(row == $0 ? 1 : 0) } }
    // From 0 ... 1 to -1 ... 1.
    let mixed = (0..<3).flatMap { colour in (0..<4).map { Float($0 == colour ? 2 : $0 == 3 ? -2 : 0) } }
    let network = Network(try architecture.summary(of: .discriminator), pool: ThreadPool(threads: 1))
    network.initialize(seed: 1)
    try Safetensors.write(
      [
        // A step from 0 to 1 at a z0 of 0.8.
        entry("generator.main.0.weight", [1, 4], [200, 0, 0, 0]), entry("generator.main.0.bias", [1], [-160]),
        entry("generator.main.2.weight", [4 * pixels, 1], zeros + glasses),
        entry("generator.main.2.bias", [4 * pixels], face + zeros.prefix(pixels)),
        entry("generator.main.4.weight", [4, 4, 1, 1], eye),
        entry("generator.main.4.bias", [4], [0, 0, 0, 0]),
        entry("generator.main.6.weight", [3, 4, 1, 1], mixed),
        entry("generator.main.6.bias", [3], [-1, -1, -1]),
      ] + ModelFile.modelEntries([network]), to: path)
  }

  /// Numbers of the three colours, one plane after the other.
  private func planes(_ value: (Int) -> Float) -> [Float] {
    (0..<3).flatMap { colour in (0..<Self.size * Self.size).map { value(3 * $0 + colour) } }
  }

  private func entry(_ name: String, _ shape: [Int], _ values: [Float]) -> TensorEntry {
    TensorEntry(name: name, type: .float32, shape: shape) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }
}
