import Foundation
import Networks
import Tensors
import Testing
import Training

/// A preset at width 4 beside its system in PyTorch, or in TensorFlow or Keras: states, moments and z by the fixtures'
/// formula (Fixtures/README.md), put into the real training step.
struct PresetTwin {
  static let batch = 4
  static let latent = 8
  let preset: Preset
  /// What the framework makes of the states.
  let fixture: Fixture
  /// Where the states come from: PyTorch's file, for both.
  private let states: Fixture
  /// Whether the file is TensorFlow's, which does not count the batches that a batch norm has seen.
  let isTensorFlows: Bool

  /// The twin in `FILE.safetensors`: named as its preset, or as its preset and ".tensorflow".
  init(_ file: String) throws {
    try BLAS.open()
    let name = String(file.prefix { $0 != "." })
    preset = try Preset.named(name)
    fixture = try Fixture("\(file).safetensors")
    states = try Fixture("\(name).safetensors")
    isTensorFlows = file != name
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

  /// What the file holds of a tensor: all of it, or 128 numbers from all over it; of TensorFlow's the first 32.
  func part(_ numbers: [Float]) -> [Float] {
    let part = numbers.count <= 128 ? numbers : (0..<128).map { numbers[$0 * 7919 % numbers.count] }
    return isTensorFlows ? Array(part.prefix(32)) : part
  }

  func salt(ofStep step: Int) throws -> Int { Int(try states.scalar("step.\(step).salt")) }

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
    let form = try states.floats("form.\(state.name)").map(Double.init)
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

  /// The one-hot vector of picture n's class; empty where there are no labels.
  private func oneHot(_ n: Int) -> [Float] {
    (preset.architecture.groups ?? []).enumerated().flatMap { place, group in
      let own = StepRig.label(n, place, of: group.classes.count)
      return group.classes.indices.map { $0 == own ? 1 : 0 as Float }
    }
  }

  /// What G takes in step 0: the first z, and the labels of the step's reals.
  func generatorInput(salt: Int) -> [Float] {
    (0..<Self.batch).flatMap { Self.z(salt: salt, draw: 0, sample: $0) + oneHot($0) }
  }

  /// What D takes of the real pictures of step 0, N,H,W,C: their channels, and planes of their labels.
  func discriminatorInput() throws -> [Float] {
    let picture = try preset.architecture.architecture().picture
    return (0..<Self.batch).flatMap { n in
      let pixels = StepRig.picture(n, picture)
      return (0..<picture.pixels).flatMap {
        pixels[$0 * picture.channels..<($0 + 1) * picture.channels] + oneHot(n)
      }
    }
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
