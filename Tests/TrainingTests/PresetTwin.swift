import Foundation
import Networks
import Tensors
import Testing
import Training

/// A preset at width 4 beside its system in PyTorch: states, moments and z by the fixtures' formula
/// (Fixtures/README.md), put into the real training step.
struct PresetTwin {
  static let batch = 4
  static let latent = 8
  let preset: Preset
  let fixture: Fixture

  init(_ name: String) throws {
    try BLAS.open()
    preset = try Preset.named(name)
    fixture = try Fixture("\(name).safetensors")
  }

  /// `count` numbers in [-1, 1) that only the name decides.
  static func spread(_ name: String, _ count: Int) -> [Double] {
    var stream: UInt32 = 2_166_136_261
    for byte in name.utf8 { stream = (stream ^ UInt32(byte)) &* 16_777_619 }
    return (1...count).map { place in
      var x = UInt32(truncatingIfNeeded: place) &* 0x9E37_79B9 &+ stream
      x ^= x >> 16
      x = x &* 0x7FEB_352D
      x ^= x >> 15
      x = x &* 0x846C_A68B
      x ^= x >> 16
      return Double(x >> 8) / 0x1p23 - 1
    }
  }

  /// What the files hold of a tensor: all of it, or 128 numbers from all over it.
  static func part(_ numbers: [Float]) -> [Float] {
    numbers.count <= 128 ? numbers : (0..<128).map { numbers[$0 * 7919 % numbers.count] }
  }

  func salt(ofStep step: Int) throws -> Int { Int(try fixture.scalar("step.\(step).salt")) }

  /// The draw-th z of sample `sample`.
  static func z(salt: Int, draw: Int, sample: Int) -> [Float] {
    spread("\(salt).z.\(draw).\(sample)", latent).map { Float(1.5 * $0) }
  }

  func rig(slices: Int, _ plan: Plans) throws -> StepRig {
    var recipe = preset.recipe
    recipe.batchSize = Self.batch
    let salts = try (0..<3).map(salt)
    return try StepRig(
      preset.architecture.architecture(width: 4, latent: Self.latent), recipe, batch: Self.batch,
      slices: slices, planner: plan.planner
    ) { step, draw, sample, out in
      out.update(from: Self.z(salt: salts[step], draw: draw, sample: sample), count: Self.latent)
    }
  }

  /// A parameter's or average's beginning before step `step`, in PyTorch's layout.
  func beginning(_ state: NamedState, step: Int) throws -> [Float] {
    let form = try fixture.floats("form.\(state.name)").map(Double.init)
    return Self.spread("\(try salt(ofStep: step)).\(state.name)", state.count).map {
      Float(form[0] + form[1] * $0)
    }
  }

  /// Sets networks and optimizers to the state before step `step`.
  func load(_ step: Int, into adversaries: Adversaries) throws {
    let salt = try salt(ofStep: step)
    for trainee in [adversaries.generator, adversaries.discriminator] {
      for state in trainee.network.parameterState + trainee.network.bufferState {
        state.data.update(
          from: Layout.fromPyTorch(try beginning(state, step: step), state), count: state.count)
        guard let offset = state.offset else { continue }
        let m = Self.spread("\(salt).\(state.name).m", state.count).map { Float(1e-3 * $0) }
        let v = Self.spread("\(salt).\(state.name).v", state.count).map { Float(1e-6 * (1.5 + $0)) }
        (trainee.optimizer.firstMoment.data + offset).update(
          from: Layout.fromPyTorch(m, state), count: state.count)
        (trainee.optimizer.secondMoment.data + offset).update(
          from: Layout.fromPyTorch(v, state), count: state.count)
      }
      for counter in trainee.network.batchCounters { counter.layer.batchesTracked = 4 + step }
      trainee.optimizer.updates = 3 + step
      trainee.network.markChanged()
    }
  }

  /// The real pictures of a step, N,H,W,C.
  func reals(ofStep step: Int, _ shape: PictureShape) -> [Float] {
    (0..<Self.batch).flatMap { StepRig.picture(step * Self.batch + $0, shape) }
  }
}

/// N,H,W,C to N,C,H,W.
func channelsFirst(_ x: [Float], _ shape: PictureShape) -> [Float] {
  var result = [Float](repeating: 0, count: x.count)
  for sample in 0..<x.count / shape.count {
    for pixel in 0..<shape.pixels {
      for channel in 0..<shape.channels {
        result[(sample * shape.channels + channel) * shape.pixels + pixel] =
          x[(sample * shape.pixels + pixel) * shape.channels + channel]
      }
    }
  }
  return result
}
