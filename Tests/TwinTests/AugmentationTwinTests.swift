import Foundation
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

/// Differentiable augmentation beside PyTorch.
@Suite struct AugmentationTwinTests {
  private struct Twin: Decodable {
    let height: Int
    let width: Int
    let channels: Int
    let brightness: Float?
    let saturation: Float?
    let contrast: Float?
    let down: Int?
    let across: Int?
    let cut: [[Int]]?
    let output: [Double]
    let gradient: [Double]

    var shape: PictureShape { PictureShape(height: height, width: width, channels: channels) }
    var change: PictureChange {
      var change = PictureChange()
      change.brightness = brightness ?? 0
      change.saturation = saturation ?? 1
      change.contrast = contrast ?? 1
      (change.down, change.across) = (down ?? 0, across ?? 0)
      if let cut { change.cut = (cut[0][0]..<cut[0][1], cut[1][0]..<cut[1][1]) }
      return change
    }
  }

  @Test func agreesWithPyTorch() throws {
    let twins = try JSONDecoder().decode(
      [Twin].self, from: Data(contentsOf: URL(fileURLWithPath: Fixture.path("augmentation.json"))))
    #expect(twins.count == 5)
    for twin in twins {
      func wave(_ step: Double) -> [Float] {
        (0..<twin.shape.count).map { Float(sine(step * Double($0 + 1))) }
      }
      let y = twin.change.applied(to: wave(0.7), twin.shape)
      #expect(largestDifference(y, twin.output.map(Float.init)) < 1e-6)
      let dx = twin.change.adjoint(of: wave(1.3), twin.shape)
      #expect(largestDifference(dx, twin.gradient.map(Float.init)) < 1e-6)
    }
  }
}
