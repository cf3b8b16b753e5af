import Foundation
import Layers
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

/// Every reference system beside PyTorch in float64, those with SAME padding beside TensorFlow or Keras too: pictures,
/// logits and what heads tell in both modes, and its own schedule from three states: losses, gradients by name, changes
/// of parameters and running averages.
@Suite struct PresetTwinTests {
  static let names =
    ["paper64", "torch96", "slim64", "keras64", "cgan28", "vanilla"]
    + ["cgan28-wrong", "cgan28-mixed", "infogan28", "cdcgan64", "acgan16"]
    + ["paper64", "slim64", "keras64", "cgan28", "infogan28"].map { "\($0).tensorflow" }

  @Test(arguments: names, [Plans.direct, .auto]) func forward(_ name: String, _ plan: Plans) throws {
    let twin = try PresetTwin(name)
    let rig = try twin.rig(slices: 2, plan)
    func expectTold(_ told: UnsafePointer<Float>, _ shape: PictureShape, _ title: String) throws {
      let numbers = channelsFirst(
        Array(UnsafeBufferPointer(start: told, count: PresetTwin.batch * shape.count)), shape)
      #expect(largestDifference(twin.part(numbers), try twin.numbers.floats(title)) < 1e-5, "\(title)")
    }
    let generator = rig.adversaries.generator.network
    let discriminator = rig.adversaries.discriminator.network
    let z = try twin.inputs(ofStep: 0)
    for (mode, title) in [(Pass.Mode.training, "training"), (.evaluation, "evaluation")] {
      try twin.load(0, into: rig.adversaries)
      let pass = try makePass(rig.pool, rig.layout.localBoundaries)
      pass.mode = mode
      try expectTold(try generator.forward(z, pass), generator.output, "\(title).pictures")
      let seen = twin.reals(ofStep: 0)
      try expectTold(try discriminator.forward(seen, pass), discriminator.output, "\(title).logits")
      for head in rig.adversaries.heads.map(\.trainee.network) {
        let after = try #require(twin.system.architecture.head(head.role)).after
        let told = try head.forward(discriminator.features(after: after), pass)
        try expectTold(told, head.output, "\(title).\(head.role.rawValue)")
      }
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
        ("d_fake_after", totals.fakeOpinionAfter), ("loss_codes", totals.codeLoss),
        ("loss_classes", totals.classLoss),
      ] {
        guard let value else { continue }
        let wanted = try twin.numbers.scalar("step.\(step).\(key)")
        #expect(abs(value - wanted) < 1e-5, "\(key) of step \(step)")
      }
      let architecture = twin.system.architecture
      #expect((totals.codeLoss != nil) == (architecture.q != nil))
      #expect((totals.classLoss != nil) == (architecture.classifier != nil))
      for trainee in rig.adversaries.all {
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
      let wanted = try twin.numbers.floats("gradient.\(step).\(state.name)")
      let norm = try twin.numbers.scalar("norm.\(step).\(state.name)")
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
      let after = try twin.numbers.floats("after.\(step).\(state.name)").map(Double.init)
      let changes = twin.part(now).map(Double.init)
      var worst = 0.0
      for i in after.indices { worst = max(worst, abs((changes[i] - before[i]) - (after[i] - before[i]))) }
      #expect(worst < 1e-5, "the change of \(state.name) in step \(step)")
    }
    for (name, layer) in trainee.network.batchCounters where !twin.isTensorFlows {
      #expect(layer.batchesTracked == (try twin.numbers.counter(name, after: step)), "\(name)")
    }
  }
}
