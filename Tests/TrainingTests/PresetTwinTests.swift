import Foundation
import Layers
import Networks
import Tensors
import Testing
import Training

/// Every reference system beside PyTorch in float64, those with SAME padding beside TensorFlow or Keras too: pictures
/// and logits in both modes, and its own schedule from three states: losses, gradients by name, changes of parameters
/// and running averages.
@Suite struct PresetTwinTests {
  static let names =
    ["paper64", "torch96", "slim64", "keras64", "cgan28", "vanilla"]
    + ["paper64", "slim64", "keras64", "cgan28"].map { "\($0).tensorflow" }

  @Test(arguments: names, [Plans.direct, .auto]) func forward(_ name: String, _ plan: Plans) throws {
    let twin = try PresetTwin(name)
    let rig = try twin.rig(slices: 2, plan)
    let generator = rig.adversaries.generator.network
    let discriminator = rig.adversaries.discriminator.network
    let salt = try twin.salt(ofStep: 0)
    let z = twin.generatorInput(salt: salt)
    for (mode, title) in [(Pass.Mode.training, "training"), (.evaluation, "evaluation")] {
      try twin.load(0, into: rig.adversaries)
      let pass = try makePass(rig.pool, rig.layout.localBoundaries)
      pass.mode = mode
      let made = try generator.forward(z, pass)
      let pictures = channelsFirst(
        Array(UnsafeBufferPointer(start: made, count: PresetTwin.batch * generator.output.count)),
        generator.output)
      #expect(
        largestDifference(twin.part(pictures), try twin.fixture.floats("\(title).pictures")) < 1e-5)
      let judged = try discriminator.forward(twin.discriminatorInput(), pass)
      let logits = Array(UnsafeBufferPointer(start: judged, count: PresetTwin.batch))
      #expect(largestDifference(logits, try twin.fixture.floats("\(title).logits")) < 1e-5)
    }
  }

  @Test(arguments: names, [(1, Plans.direct), (4, .direct), (2, .auto)])
  func schedule(_ name: String, _ way: (slices: Int, plan: Plans)) throws {
    let twin = try PresetTwin(name)
    let rig = try twin.rig(slices: way.slices, way.plan)
    for step in 0..<3 {
      try twin.load(step, into: rig.adversaries)
      let totals = try rig.run(step: step)
      for (key, value) in [
        ("loss_d_real", totals.lossReal), ("loss_d_fake", totals.lossFake), ("loss_g", totals.lossGenerator),
        ("d_real", totals.realOpinion), ("d_fake_before", totals.fakeOpinionBefore),
        ("d_fake_after", totals.fakeOpinionAfter),
      ] {
        #expect(
          abs(value - (try twin.fixture.scalar("step.\(step).\(key)"))) < 1e-5, "\(key) of step \(step)")
      }
      for trainee in [rig.adversaries.generator, rig.adversaries.discriminator] {
        try checkGradients(twin, trainee, step)
        try checkState(twin, trainee, step)
      }
    }
  }

  private func checkGradients(_ twin: PresetTwin, _ trainee: Trainee, _ step: Int) throws {
    for state in trainee.network.parameterState {
      let offset = try #require(state.offset)
      let all = Layout.toPyTorch(
        Array(UnsafeBufferPointer(start: trainee.gradient.data + offset, count: state.count)), state)
      let wanted = try twin.fixture.floats("gradient.\(step).\(state.name)")
      let norm = try twin.fixture.scalar("norm.\(step).\(state.name)")
      // A bias that batch norm follows has no gradient but rounding.
      if norm < 1e-9 {
        #expect(all.allSatisfy { abs($0) < 1e-5 }, "the gradient of \(state.name)")
        continue
      }
      #expect(relativeNorm(twin.part(all), wanted) < 1e-4, "the gradient of \(state.name)")
      let own = all.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(own - norm) < 1e-4 * norm, "the gradient's length of \(state.name)")
    }
  }

  private func checkState(_ twin: PresetTwin, _ trainee: Trainee, _ step: Int) throws {
    for state in trainee.network.parameterState + trainee.network.bufferState {
      let now = Layout.toPyTorch(Array(UnsafeBufferPointer(start: state.data, count: state.count)), state)
      let before = twin.part(try twin.beginning(state, step: step)).map(Double.init)
      let after = try twin.fixture.floats("after.\(step).\(state.name)").map(Double.init)
      let changes = twin.part(now).map(Double.init)
      var worst = 0.0
      for i in after.indices { worst = max(worst, abs((changes[i] - before[i]) - (after[i] - before[i]))) }
      #expect(worst < 1e-5, "the change of \(state.name) in step \(step)")
    }
    for (name, layer) in trainee.network.batchCounters where !twin.isTensorFlows {
      let wanted = try twin.fixture.file.tensor(named: "after.\(step).\(name)").integer()
      #expect(layer.batchesTracked == Int(wanted), "\(name)")
    }
  }
}
