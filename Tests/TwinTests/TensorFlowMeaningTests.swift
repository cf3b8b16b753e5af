import Foundation
import Networks
import Objectives
import Recipes
import Tensors
import TestSupport
import Testing

/// What TensorFlow and Keras mean by smoothing, Adam's epsilon, batch norm's momentum and dropout, beside numbers
/// of their own.
@Suite struct TensorFlowMeaningTests {
  let numbers: TensorFlowNumbers

  init() throws { numbers = try TensorFlowNumbers() }

  @Test func smoothedTargets() throws {
    let slim = LabelSmoothing(amount: 0.25, rule: .twoSided, scope: .reals)
    #expect(
      slim.smoothed(1, .real) == 0.875 && slim.smoothed(0, .fake) == 0 && slim.smoothed(1, .generator) == 1)
    let keras = LabelSmoothing(amount: 0.1, rule: .twoSided, scope: .all)
    for (y, side, wanted) in [(1.0, LossSide.real, 0.95), (0, .fake, 0.05), (1, .generator, 0.95)] {
      #expect(abs(keras.smoothed(y, side) - wanted) < 1e-15)
    }
    #expect(Set(numbers.losses.map(\.preset)).isSuperset(of: ["paper64", "slim64", "keras64"]))
    for one in numbers.losses {
      let loss = try Preset.named(one.preset).recipe.loss
      let side = try #require(LossSide(rawValue: one.side))
      for (logit, wanted) in zip(numbers.logits, one.losses) {
        var gradient: Float = 0
        let found = loss.evaluate([logit], count: 1, as: side, batch: 1, gradient: &gradient) { _ in
          RandomStream(seed: 1, purpose: .label)
        }
        // slim64's loss is float32 in TensorFlow whatever the logits are.
        #expect(abs(found.loss - wanted) < 1e-6, "\(one.preset), \(side), at \(logit)")
      }
    }
  }

  @Test func epsilonIsAddedToTheUncorrectedRoot() throws {
    #expect(numbers.adam.map(\.epsilon) == [1e-8, 1e-7])
    for one in numbers.adam {
      let count = one.parameters[0].count
      func run(_ form: AdamForm) -> [[Float]] {
        let parameters = FloatBuffer(count: count)
        let adam = Adam(count: count, AdamSettings(epsilon: one.epsilon, form: form))
        let pool = ThreadPool(threads: 1)
        var after: [[Float]] = []
        for k in 1...(one.steps.last ?? 1) {
          let gradient = (0..<count).map { i -> Float in
            let scale: Double = pow(10, -Double(i + 3))
            return Float(sin(0.3 * Double(k) * Double(i + 1)) * scale)
          }
          adam.update(parameters.data, gradient: gradient, pool)
          if one.steps.contains(k) {
            after.append(Array(UnsafeBufferPointer(start: parameters.data, count: count)))
          }
        }
        return after
      }
      for (found, wanted) in zip(run(.tensorflow), one.parameters) {
        for (found, wanted) in zip(found, wanted) {
          #expect(abs(Double(found) - wanted) < 1e-4 * abs(wanted) + 1e-10, "\(one.optimizer)")
        }
      }
      // Gradients of 1e-8, where PyTorch's form goes on at nearly the whole rate.
      let first = run(.pytorch)[0]
      for i in 5..<count { #expect(abs(Double(first[i])) > 5 * abs(one.parameters[0][i])) }
    }
  }

  private static let samples = 6

  /// The k-th batch of the fixture, [6,2].
  private static func batch(_ k: Int) -> [Float] {
    var numbers: [Float] = []
    for n in 0..<samples {
      for c in 0..<2 {
        let wave = sin(1.3 * Double(k) + 0.7 * Double(n * (c + 1)))
        numbers.append(Float(wave + 1 + Double(c)))
      }
    }
    return numbers
  }

  /// Running means and variances after each of three batches.
  private func averages(_ settings: BatchNormSpecification) throws -> [[[Float]]] {
    let norm = try SmallNetwork([.batchNorm(settings)], .vector(2), samples: Self.samples)
    return try (0..<3).map { k in
      _ = try norm(Self.batch(k))
      return norm.network.bufferState.map { Array(UnsafeBufferPointer(start: $0.data, count: $0.count)) }
    }
  }

  @Test func decayIsTheOldAveragesShare() throws {
    #expect(numbers.averages.map(\.decay) == [0.9, 0.99, 0.999, 0.999])
    #expect(numbers.averages.map(\.zeroDebiased) == [false, false, false, true])
    for one in numbers.averages {
      let momentum = 1 - one.decay
      let found = try averages(
        .init(
          epsilon: 1e-3, momentum: momentum, unbiasedRunningVariance: false,
          zeroDebiasedMean: one.zeroDebiased))
      let unbiased = try averages(.init(epsilon: 1e-3, momentum: momentum))
      for k in 0..<3 {
        #expect(largestDifference(found[k][0], one.means[k]) < 1e-6)
        #expect(largestDifference(found[k][1], one.variances[k]) < 1e-6)
        // PyTorch stores n / (n - 1) of the variance: with six numbers a fifth more.
        #expect(largestDifference(unbiased[k][1], one.variances[k]) > 0.05 * momentum)
      }
    }
    // A debiased mean is the batch's after one batch; a plain one is still near 0.
    #expect(numbers.averages[3].means[0][0] > 1 && numbers.averages[2].means[0][0] < 0.01)
  }

  @Test(
    arguments: [
      (Preset.paper64, 1e-5, 0.9, true, false), (.keras64, 1e-3, 0.99, true, false),
      (.slim64, 1e-3, 0.999, false, true),
    ])
  func presetsHaveThem(
    _ preset: Preset, _ epsilon: Double, _ decay: Double, _ scale: Bool, _ zeroDebiased: Bool
  ) throws {
    let architecture = try preset.architecture.architecture()
    var seen = 0
    for layer in architecture.generator + architecture.discriminator {
      guard case .batchNorm(let norm) = layer else { continue }
      seen += 1
      #expect(norm.epsilon == epsilon && abs(1 - norm.momentum - decay) < 1e-12)
      #expect(norm.scale == scale && norm.zeroDebiasedMean == zeroDebiased && !norm.unbiasedRunningVariance)
    }
    #expect(seen >= 4)
    #expect(preset.recipe.generator.form == .tensorflow && preset.recipe.discriminator.form == .tensorflow)
    #expect(preset.recipe.generator.epsilon == (preset.name == "keras64" ? 1e-7 : 1e-8))
  }

  @Test func dropoutScalesWhatItKeeps() throws {
    let layer = try SmallNetwork([.dropout(rate: 0.3)], .vector(4096))
    let made = try layer([Float](repeating: 1, count: 4096))
    let found = Set(made).sorted()
    #expect(largestDifference(found, numbers.dropout) < 1e-6)
    let kept = Double(made.filter { $0 > 0 }.count) / 4096
    #expect(abs(kept - 0.7) < 0.03)
  }
}
