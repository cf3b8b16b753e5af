import CKernels
import Tensors

/// Where Adam adds epsilon.
package enum AdamForm: String, CaseIterable, Codable, Equatable, Sendable {
  /// To the bias-corrected root: lr / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + eps).
  case pytorch
  /// To the uncorrected root: lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps).
  case tensorflow
}

/// Adam's numbers (Kingma and Ba 2015, algorithm 1).
package struct AdamSettings: Equatable, Sendable {
  /// alpha.
  package var learningRate: Double
  /// Decay of the first moment.
  package var beta1: Double
  /// Decay of the second moment.
  package var beta2: Double
  /// Keeps the division finite.
  package var epsilon: Double
  /// Where epsilon is added.
  package var form: AdamForm
  /// How the learning rate changes over a run.
  package var schedule: RateSchedule

  /// Creates settings from their parts; the defaults are DCGAN's in PyTorch.
  package init(
    learningRate: Double = 2e-4, beta1: Double = 0.5, beta2: Double = 0.999, epsilon: Double = 1e-8,
    form: AdamForm = .pytorch, schedule: RateSchedule = .init()
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.form = form
    self.schedule = schedule
  }

  /// The learning rate of the updates of a step, counted from 0.
  package func rate(ofStep step: Int) -> Double { learningRate * schedule.factor(ofStep: step) }
}

/// Adam over a network's flat parameters, with its two moments.
package final class Adam {
  /// The numbers of the formula.
  package var settings: AdamSettings
  /// Updates so far; t of the formula is one more during an update.
  package var updates = 0
  /// Exponential mean of the gradient.
  package let firstMoment: FloatBuffer
  /// Exponential mean of the squared gradient.
  package let secondMoment: FloatBuffer
  /// Parameters of one item: small enough for a core's cache, and the unit in which norms are summed.
  private let chunk = 1 << 14
  private var squares: [Double]

  /// An optimizer of `count` parameters, its moments zero.
  package init(count: Int, _ settings: AdamSettings) {
    self.settings = settings
    firstMoment = FloatBuffer(count: count)
    secondMoment = FloatBuffer(count: count)
    squares = Array(repeating: 0, count: (count + chunk - 1) / chunk)
  }

  /// Updates `parameters` in place with `gradient`, both as long as the moments.
  /// - Parameter step: the step that the update belongs to, counted from 0: the schedule's rate is taken for it.
  /// - Returns: the L2 norm of the gradient.
  @discardableResult
  package func update(
    _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, ofStep step: Int = 0,
    _ pool: ThreadPool
  ) -> Double {
    updates += 1
    let t = Double(updates)
    let correction1 = 1 - power(settings.beta1, t)
    let correction2 = 1 - power(settings.beta2, t)
    let learningRate = settings.rate(ofStep: step)
    let rate: Double
    let rootScale: Double
    switch settings.form {
    case .pytorch:
      rate = learningRate / correction1
      rootScale = 1 / correction2.squareRoot()
    case .tensorflow:
      rate = learningRate * correction2.squareRoot() / correction1
      rootScale = 1
    }
    let m = firstMoment.data
    let v = secondMoment.data
    squares.withUnsafeMutableBufferPointer { squares in
      let squares = squares.baseAddress
      pool.runChunks(firstMoment.count, chunk: chunk) { range in
        let first = range.lowerBound
        var sum = 0.0
        ck_adam(
          parameters + first, m + first, v + first, gradient + first, range.count, Float(settings.beta1),
          Float(1 - settings.beta1), Float(settings.beta2), Float(1 - settings.beta2), Float(rate),
          Float(rootScale), Float(settings.epsilon), &sum)
        squares?[first / chunk] = sum
      }
    }
    return squares.reduce(0, +).squareRoot()
  }

  private func power(_ base: Double, _ exponent: Double) -> Double {
    // Repeated squaring: the same bits with every C library.
    var result = 1.0
    var factor = base
    var n = Int(exponent)
    while n > 0 {
      if n & 1 == 1 { result *= factor }
      factor *= factor
      n >>= 1
    }
    return result
  }
}
