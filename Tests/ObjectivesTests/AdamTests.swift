import Foundation
import Objectives
import Tensors
import Testing

/// Adam beside its formulas in double.
@Suite struct AdamTests {
  private let pool = ThreadPool(threads: 2)

  /// Gradients over five orders of magnitude, another at each step.
  private func gradient(_ step: Int, _ count: Int) -> [Float] {
    (0..<count).map { place -> Float in
      let angle = 0.3 * Double(step) * Double(place % 97 + 1)
      let scale: Double = pow(10, -Double(place % 5))
      return Float(sin(angle) * scale)
    }
  }

  private func reference(_ settings: AdamSettings, _ start: [Float], steps: Int) -> [Double] {
    var (p, m, v) = (start.map(Double.init), start.map { _ in 0.0 }, start.map { _ in 0.0 })
    for t in 1...steps {
      let corrections = (1 - pow(settings.beta1, Double(t)), 1 - pow(settings.beta2, Double(t)))
      for (i, g) in gradient(t, start.count).map(Double.init).enumerated() {
        m[i] = settings.beta1 * m[i] + (1 - settings.beta1) * g
        v[i] = settings.beta2 * v[i] + (1 - settings.beta2) * g * g
        switch settings.form {
        case .pytorch:
          p[i] -=
            settings.learningRate * (m[i] / corrections.0)
            / ((v[i] / corrections.1).squareRoot() + settings.epsilon)
        case .tensorflow:
          let rate = settings.learningRate * corrections.1.squareRoot() / corrections.0
          p[i] -= rate * m[i] / (v[i].squareRoot() + settings.epsilon)
        }
      }
    }
    return p
  }

  private static let settings = [
    AdamSettings(), AdamSettings(form: .tensorflow),
    // An epsilon that shows which root it is added to, other decays and another rate.
    AdamSettings(learningRate: 6e-4, beta1: 0.9, epsilon: 1e-3),
    AdamSettings(learningRate: 1e-3, beta1: 0, beta2: 0.9, epsilon: 1e-3, form: .tensorflow),
  ]

  @Test(arguments: settings) func hundredSteps(_ settings: AdamSettings) {
    let count = 40_003
    let start = (0..<count).map { Float(cos(Double($0))) }
    let parameters = FloatBuffer(count: count)
    for i in 0..<count { parameters.data[i] = start[i] }
    let adam = Adam(count: count, settings)
    let steps = 100
    for t in 1...steps {
      adam.update(parameters.data, gradient: gradient(t, count), pool)
      #expect(adam.updates == t)
    }
    let expected = reference(settings, start, steps: steps)
    let worst = (0..<count).reduce(0.0) { max($0, abs(Double(parameters.data[$1]) - expected[$1])) }
    // A hundred roundings of a number near 1, half of 2^-24 each at most: 3e-6 if they all went one way.
    #expect(worst < 2e-6)
  }

  /// Forms differ by where epsilon is added, and only there.
  @Test func formsDifferWhereTheyShould() {
    func first(_ form: AdamForm, epsilon: Double) -> Float {
      let parameter = FloatBuffer(count: 1)
      Adam(count: 1, AdamSettings(learningRate: 1, epsilon: epsilon, form: form)).update(
        parameter.data, gradient: [0.5], pool)
      return parameter.data[0]
    }
    // m / (1 - b1) = g and sqrt(v / (1 - b2)) = |g| at the first step.
    #expect(abs(first(.pytorch, epsilon: 0) + 1) < 1e-5)
    #expect(abs(first(.tensorflow, epsilon: 0) + 1) < 1e-5)
    #expect(abs(first(.pytorch, epsilon: 0.5) + 0.5) < 1e-5)
    let root = (0.001).squareRoot()
    #expect(abs(Double(first(.tensorflow, epsilon: 0.5)) + root * 0.5 / (0.5 * root + 0.5)) < 1e-5)
  }

  @Test(arguments: [1, 7, 16_384, 16_385, 50_001]) func normOfTheGradient(_ count: Int) {
    let g = gradient(3, count)
    let parameters = FloatBuffer(count: count)
    let norm = Adam(count: count, AdamSettings()).update(parameters.data, gradient: g, pool)
    let expected = g.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norm - expected) <= 1e-12 * expected)
  }

  @Test func threadsDoNotMatter() {
    let count = 70_001
    var results: [[UInt32]] = []
    var norms: Set<Double> = []
    for threads in [1, 2, 5] {
      let pool = ThreadPool(threads: threads)
      let parameters = FloatBuffer(count: count)
      let adam = Adam(count: count, AdamSettings())
      for t in 1...3 { norms.insert(adam.update(parameters.data, gradient: gradient(t, count), pool)) }
      results.append((0..<count).map { parameters.data[$0].bitPattern })
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(norms.count == 3)
  }

  /// Where the gradient is and was zero, nothing moves, and no 0 / 0 comes about.
  @Test func zeroGradient() {
    let parameters = FloatBuffer(count: 3)
    for i in 0..<3 { parameters.data[i] = Float(i) }
    let norm = Adam(count: 3, AdamSettings()).update(parameters.data, gradient: [0, 0, 0], pool)
    #expect(norm == 0 && (0..<3).allSatisfy { parameters.data[$0] == Float($0) })
  }
}
