import Checkpoints
import Foundation
import Layers
import Models
import Networks
import Objectives
import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

/// The dcgan64 pair at width 4 beside PyTorch in float64: pictures, logits, losses, every named gradient,
/// three updates each started from the twin's state, running averages, evaluation. Through the real training
/// step.
@Suite struct DCGAN64TwinTests {
  private let fixture: Fixture
  private let scratch: Scratch

  init() throws {
    try BLAS.open()
    fixture = try Fixture("dcgan64.safetensors")
    scratch = try Scratch()
  }

  private static let batch = 4

  private func architecture() throws -> Architecture {
    try ArchitecturePreset.dcgan64.architecture(width: 4, latent: 8)
  }

  private func latents(ofStep step: Int) throws -> [Float] { try fixture.floats("step.\(step).z") }

  /// The step, with z of the twin in place of drawn ones.
  private func rig(slices: Int, _ planner: ConvolutionPlanner) throws -> StepRig {
    let z = try (0..<3).map(latents)
    return try StepRig(
      architecture(), Recipe(batchSize: Self.batch), batch: Self.batch, slices: slices, planner: planner
    ) { step, draw, sample, out in
      precondition(draw == 0, "the tutorial draws z once a step")
      z[step].withUnsafeBufferPointer { out.update(from: $0.baseAddress! + sample * 8, count: 8) }
    }
  }

  /// Sets both networks to the twin's state before step `step`, through the files that a checkpoint has.
  private func load(_ step: Int, into adversaries: Adversaries) throws {
    let path = scratch.file("state-\(step).safetensors")
    try fixture.write("state.\(step).", to: path)
    try ModelFile.read(
      SafetensorsReader(path: path), into: [adversaries.generator.network, adversaries.discriminator.network])
  }

  /// Adam's moments before step `step`, in double from the stored gradients, rounded once.
  private func loadMoments(_ step: Int, into trainee: Trainee) throws {
    trainee.optimizer.updates = step
    for state in trainee.network.parameterState {
      let offset = try #require(state.offset)
      var m = [Double](repeating: 0, count: state.count)
      var v = m
      for earlier in 0..<step {
        let gradient = Layout.fromPyTorch(try fixture.floats("gradient.\(earlier).\(state.name)"), state).map(
          Double.init)
        for i in gradient.indices {
          m[i] = 0.5 * m[i] + 0.5 * gradient[i]
          v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        }
      }
      for i in 0..<state.count {
        trainee.optimizer.firstMoment.data[offset + i] = Float(m[i])
        trainee.optimizer.secondMoment.data[offset + i] = Float(v[i])
      }
    }
  }

  private func reals(ofStep step: Int) -> [Float] {
    let shape = PictureShape(height: 64, width: 64, channels: 3)
    return (0..<Self.batch).flatMap { StepRig.picture(step * Self.batch + $0, shape) }
  }

  @Test(arguments: [1, 2, 4], Plans.all) func forward(_ slices: Int, _ plan: Plans) throws {
    let rig = try rig(slices: slices, plan.planner)
    let generator = rig.adversaries.generator.network
    let discriminator = rig.adversaries.discriminator.network
    for step in 0..<3 {
      try load(step, into: rig.adversaries)
      let pass = try makePass(rig.pool, rig.layout.localBoundaries)
      let fakes = try generator.forward(try latents(ofStep: step), pass)
      if step == 0 {
        let first = Array(UnsafeBufferPointer(start: fakes, count: generator.output.count))
        #expect(largestDifference(first, try fixture.pictures("step.0.pictures")) < plan.outputTolerance)
      }
      let real = try discriminator.forward(reals(ofStep: step), pass)
      let realLogits = Array(UnsafeBufferPointer(start: real, count: Self.batch))
      #expect(
        largestDifference(realLogits, try fixture.floats("step.\(step).logits_real")) < plan.outputTolerance)
      let fake = try discriminator.forward(fakes, pass)
      let fakeLogits = Array(UnsafeBufferPointer(start: fake, count: Self.batch))
      #expect(
        largestDifference(fakeLogits, try fixture.floats("step.\(step).logits_fake")) < plan.outputTolerance)
    }
  }

  @Test(arguments: [0, 1, 2].flatMap { step in [1, 2, 4].map { (step, $0) } }, Plans.all)
  func step(_ place: (step: Int, slices: Int), _ plan: Plans) throws {
    let (step, slices) = place
    let rig = try rig(slices: slices, plan.planner)
    try load(step, into: rig.adversaries)
    let trainees = [rig.adversaries.generator, rig.adversaries.discriminator]
    for trainee in trainees { try loadMoments(step, into: trainee) }
    let totals = try rig.run(step: step)
    #expect(abs(totals.lossReal - (try fixture.scalar("step.\(step).loss_d_real"))) < plan.outputTolerance)
    #expect(abs(totals.lossFake - (try fixture.scalar("step.\(step).loss_d_fake"))) < plan.outputTolerance)
    #expect(abs(totals.lossGenerator - (try fixture.scalar("step.\(step).loss_g"))) < plan.outputTolerance)
    func opinion(_ logits: String) throws -> Double {
      try fixture.floats("step.\(step).\(logits)").reduce(0) { $0 + 1 / (1 + exp(-Double($1))) }
        / Double(Self.batch)
    }
    #expect(abs(totals.realOpinion - (try opinion("logits_real"))) < plan.outputTolerance)
    #expect(abs(totals.fakeOpinionBefore - (try opinion("logits_fake"))) < plan.outputTolerance)
    #expect(abs(totals.fakeOpinionAfter - (try opinion("logits_fake_after"))) < plan.outputTolerance)

    for trainee in trainees {
      var far = 0
      for state in trainee.network.parameterState {
        let offset = try #require(state.offset)
        if step < 2 {
          let gradient = Array(UnsafeBufferPointer(start: trainee.gradient.data + offset, count: state.count))
          let wanted = try fixture.floats("gradient.\(step).\(state.name)")
          let error = relativeNorm(Layout.toPyTorch(gradient, state), wanted)
          #expect(error < 1e-4, "the gradient of \(state.name)")
        }
        let now = Layout.toPyTorch(Array(UnsafeBufferPointer(start: state.data, count: state.count)), state)
        let before = try fixture.floats("state.\(step).\(state.name)")
        let after = try fixture.floats("state.\(step + 1).\(state.name)")
        for i in 0..<state.count {
          let change = Double(now[i]) - Double(before[i])
          if !(abs(change - (Double(after[i]) - Double(before[i]))) <= 1e-5) { far += 1 }
        }
      }
      // Adam normalises noise where a gradient is near zero.
      #expect(Double(far) <= 0.001 * Double(trainee.network.parameterCount))
      #expect(trainee.optimizer.updates == step + 1)
      let norm = (0..<trainee.gradient.count).reduce(0.0) {
        $0 + Double(trainee.gradient.data[$1]) * Double(trainee.gradient.data[$1])
      }.squareRoot()
      #expect(abs(trainee.gradientNorm - norm) < 1e-9 * norm)

      for state in trainee.network.bufferState {
        let now = Array(UnsafeBufferPointer(start: state.data, count: state.count))
        #expect(
          largestDifference(now, try fixture.floats("state.\(step + 1).\(state.name)")) < 1e-5,
          "\(state.name)")
      }
      for (name, layer) in trainee.network.batchCounters {
        let wanted = try fixture.file.tensor(named: "state.\(step + 1).\(name)").integer()
        #expect(layer.batchesTracked == Int(wanted), "\(name)")
      }
    }
  }

  @Test(arguments: Plans.all) func evaluation(_ plan: Plans) throws {
    let rig = try rig(slices: 1, plan.planner)
    try load(3, into: rig.adversaries)
    let before = rig.bits
    let sampler = Sampler(
      rig.adversaries.generator.network, of: rig.adversaries.architecture, .normal, seed: 1, room: 4,
      pool: rig.pool)
    let z = Array(try latents(ofStep: 0)[..<8])
    #expect(
      largestDifference(try sampler.pictures(z), try fixture.pictures("evaluation.pictures"))
        < plan.outputTolerance)
    let pass = try makePass(rig.pool, [0, 1, 2, 3, 4])
    pass.mode = .evaluation
    let logits = try rig.adversaries.discriminator.network.forward(reals(ofStep: 0), pass)
    let found = Array(UnsafeBufferPointer(start: logits, count: Self.batch))
    #expect(largestDifference(found, try fixture.floats("evaluation.logits_real")) < plan.outputTolerance)
    #expect(rig.bits == before)
  }

  /// A hundred steps of Adam on gradients of five orders of magnitude.
  @Test func adam() throws {
    let pool = ThreadPool(threads: 1)
    let parameters = FloatBuffer(count: 64)
    parameters.data.update(from: try fixture.floats("adam.parameters.0"), count: 64)
    let adam = Adam(count: 64, AdamSettings())
    for k in 1...100 {
      let gradient = (0..<64).map { i -> Float in
        let scale: Double = pow(10, -Double(i % 5))
        return Float(sin(0.3 * Double(k) * Double(i + 1)) * scale)
      }
      adam.update(parameters.data, gradient: gradient, pool)
      guard [1, 10, 100].contains(k) else { continue }
      let now = Array(UnsafeBufferPointer(start: parameters.data, count: 64))
      #expect(largestDifference(now, try fixture.floats("adam.parameters.\(k)")) < 1e-6, "after \(k)")
    }
  }
}
