import Foundation
import Networks
import Tensors
import TestNetworks
import Testing
import Training

/// A system at width 4 beside its twin in PyTorch, or in TensorFlow or Keras: states, moments and z by the fixtures'
/// formula (Fixtures/README.md), put into the real training step.
struct PresetTwin {
  static let batch = TwinSystem.batch
  static let latent = TwinSystem.latent
  let system: TwinSystem
  /// What the framework makes of the states.
  let numbers: TwinNumbers
  /// Where the states come from: PyTorch's file, for both.
  private let states: TwinNumbers
  /// Whether the file is TensorFlow's, which does not count the batches that a batch norm has seen.
  let isTensorFlows: Bool

  /// The twin in `FILE.safetensors`: named as its system, or as its system and ".tensorflow".
  init(_ file: String) throws {
    try BLAS.open()
    let name = String(file.prefix { $0 != "." })
    isTensorFlows = file != name
    system = try TwinSystem(name)
    states = try TwinNumbers(try Fixture("\(name).safetensors"), of: system)
    numbers = isTensorFlows ? try TwinNumbers(try Fixture("\(file).safetensors"), of: system) : states
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

  /// What the file holds of a tensor; TensorFlow's, the first 32 of what PyTorch's does.
  func part(_ numbers: [Float]) -> [Float] {
    let part = states.part(numbers)
    return isTensorFlows ? Array(part.prefix(32)) : part
  }

  func salt(ofStep step: Int) throws -> Int { Int(try states.scalar("step.\(step).salt")) }

  /// The draw-th z of sample `sample`.
  static func z(salt: Int, draw: Int, sample: Int) -> [Float] {
    spread("\(salt).z.\(draw).\(sample)", latent).map { Float(1.5 * $0) }
  }

  func rig(slices: Int, _ plan: Plans) throws -> StepRig {
    let salts = try (0..<3).map(salt)
    return try StepRig(
      system.architecture, system.recipe, batch: Self.batch, slices: slices, planner: plan.planner
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
    for trainee in adversaries.all {
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

  /// G's input of the first draw of a step: z, codes, and the one-hot labels of the reals.
  func inputs(ofStep step: Int) throws -> [Float] {
    let salt = try salt(ofStep: step)
    return (0..<Self.batch).flatMap {
      Self.z(salt: salt, draw: 0, sample: $0) + codes(ofStep: step, sample: $0)
        + labels(ofStep: step, sample: $0)
    }
  }

  /// What D sees of a step's reals, N,H,W,C: the pictures, their labels as planes.
  func reals(ofStep step: Int) -> [Float] {
    let (shape, planes) = (system.architecture.picture, system.architecture.planes)
    return (0..<Self.batch).flatMap { sample -> [Float] in
      let picture = StepRig.picture(step * Self.batch + sample, shape)
      guard planes > 0 else { return picture }
      let labels = labels(ofStep: step, sample: sample)
      return (0..<shape.pixels).flatMap { pixel -> [Float] in
        Array(picture[pixel * shape.channels..<(pixel + 1) * shape.channels]) + labels
      }
    }
  }

  private func labels(ofStep step: Int, sample: Int) -> [Float] {
    (system.architecture.conditions?.groups ?? []).enumerated().flatMap { place, group -> [Float] in
      let own = Int(StepRig.label(step * Self.batch + sample, place, of: group.classes.count))
      return group.classes.indices.map { $0 == own ? 1 : 0 as Float }
    }
  }

  private func codes(ofStep step: Int, sample: Int) -> [Float] {
    guard let codes = system.architecture.codes else { return [] }
    let stream = RandomStream(seed: 1, purpose: .code, step: step, sample: sample)
    let vectors = codes.categorical.enumerated().flatMap { place, count -> [Float] in
      let own = Int(Float(count) * stream.uniform(place))
      return (0..<count).map { $0 == own ? 1 : 0 }
    }
    return vectors + (0..<codes.uniform).map { 2 * stream.uniform(codes.categorical.count + $0) - 1 }
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
