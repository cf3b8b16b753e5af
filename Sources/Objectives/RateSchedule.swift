import Foundation

/// How a learning rate changes over a run: a factor of the rate that is a function of the step alone, so that it is the
/// same on any number of ranks and through resumes.
///
/// The factor rises evenly over `warmup` steps, from 1 / warmup at the first step to 1. Then, t steps later:
/// - constant: 1;
/// - linear: 1 + (end - 1) t / T, as PyTorch's `LinearLR`;
/// - cosine: end + (1 - end) (1 + cos(pi t / T)) / 2 (Loshchilov and Hutter 2017, section 3), as PyTorch's
///   `CosineAnnealingLR`;
/// - steps: gamma^floor(t / every), as PyTorch's `StepLR`;
///
/// with T = until - warmup. Linear and cosine stay at `end` from step `until` on.
package struct RateSchedule: Equatable, Sendable {
  /// The form of the change.
  package enum Kind: String, CaseIterable, Codable, Sendable {
    case constant, linear, cosine, steps
  }

  /// The form of the change after the warm-up.
  package var kind = Kind.constant
  /// Steps over which the rate rises; 0: it begins at its full value.
  package var warmup = 0
  /// The step, counted from the run's start, from which on linear and cosine are at `end`; nil: not given.
  package var until: Int?
  /// The factor at the end of linear and cosine; 0: the rate falls to zero.
  package var end = 0.0
  /// The steps between two changes of `steps`; nil: not given.
  package var every: Int?
  /// The factor of each change of `steps`.
  package var gamma = 0.1

  /// A constant rate.
  package init() {}

  /// Creates a schedule from its parts.
  package init(
    _ kind: Kind, warmup: Int = 0, until: Int? = nil, end: Double = 0, every: Int? = nil, gamma: Double = 0.1
  ) {
    self.kind = kind
    self.warmup = warmup
    self.until = until
    self.end = end
    self.every = every
    self.gamma = gamma
  }

  /// Whether the factor is 1 at every step.
  package var isConstant: Bool { kind == .constant && warmup == 0 }

  /// The factor of the updates of a step.
  /// - Parameter step: counted from 0, the run's first.
  package func factor(ofStep step: Int) -> Double {
    if step < warmup { return Double(step + 1) / Double(warmup) }
    let t = Double(step - warmup)
    switch kind {
    case .constant: return 1
    case .linear: return 1 + (end - 1) * progress(t)
    case .cosine: return end + (1 - end) * (1 + cos(.pi * progress(t))) / 2
    case .steps:
      guard let every else { return 1 }
      // Repeated multiplication: the same bits with every C library.
      return (0..<(step - warmup) / every).reduce(1.0) { factor, _ in factor * gamma }
    }
  }

  /// The share of the way from the warm-up to `until`, from 0 to 1.
  private func progress(_ t: Double) -> Double {
    guard let until, until > warmup else { return 0 }
    return min(1, t / Double(until - warmup))
  }

  /// The schedule of a rate, in words: `0.0002, after a warm-up of 500 steps a cosine to 0 at step 20000`.
  package func words(rate: Double) -> String {
    var parts = ["\(rate)"]
    if warmup > 0 { parts.append("after a warm-up of \(warmup) steps") }
    switch kind {
    case .constant: parts.append("constant")
    case .linear, .cosine:
      let form = kind == .linear ? "a line" : "a cosine"
      parts.append("\(form) to \(end * rate) at step \(until ?? 0)")
    case .steps: parts.append("times \(gamma) every \(every ?? 0) steps")
    }
    return parts.joined(separator: ", ")
  }
}
