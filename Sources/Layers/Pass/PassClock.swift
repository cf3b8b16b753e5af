import Tensors

/// Which of a layer's passes is timed.
package enum LayerPass: String, CaseIterable, Sendable {
  /// y = f(x), with the bias and the activation that ride on it.
  case forward
  /// The whole backward pass of a layer without a product. For a layer with a product: the rest, which is
  /// neither of the next two (the gradients of its activation and bias).
  case backward
  /// dx of a layer with a product.
  case dataGradient = "data gradient"
  /// dw of a layer with a product.
  case weightGradient = "weight gradient"
}

/// What a `PassClock` tells apart.
package enum TimedPart: Hashable, Sendable {
  /// One pass of the layer at `place` among the computing layers of the network called `network`.
  case layer(network: String, place: Int, LayerPass)
  /// Work that belongs to no layer, by name.
  case other(String)
}

/// Counts where the time of training steps goes. Each moment counts for exactly one part, the innermost
/// that runs. The time of an inner part does not count for the outer one, so all parts add up to the time
/// of the outermost. Time outside all parts is not counted.
///
/// Only one thread uses a clock, the one that runs the step. A pass without a clock pays one comparison per
/// part.
package final class PassClock {
  /// What was counted for one part.
  package struct Reading: Equatable, Sendable {
    /// Time of this part alone.
    package var seconds = 0.0
    /// How often it began.
    package var calls = 0
  }

  /// All parts since the clock began.
  package private(set) var readings: [TimedPart: Reading] = [:]

  /// Puts each part on a timeline, from its beginning to its end, with its inner parts included; nil: no
  /// timeline.
  package var recorder: PassRecorder?

  private let clock = ContinuousClock()
  private var current: TimedPart?
  private var since: ContinuousClock.Instant

  /// A clock that has counted nothing.
  package init() { since = clock.now }

  /// Forgets what was counted. Not to be called inside a part.
  package func clear() { readings.removeAll(keepingCapacity: true) }

  /// Runs `body` and counts its time for `part`.
  package func time<Result>(_ part: TimedPart, _ body: () throws -> Result) rethrows -> Result {
    let outer = current
    let start = recorder == nil ? 0 : Timeline.now
    change(to: part)
    defer {
      change(to: outer)
      recorder?.record(part, from: start)
    }
    readings[part, default: Reading()].calls += 1
    return try body()
  }

  /// Runs `body` and counts its time for `pass` of the layer that runs now. Outside a layer, the time
  /// counts for the current part.
  package func time<Result>(_ pass: LayerPass, _ body: () throws -> Result) rethrows -> Result {
    guard case .layer(let network, let place, _) = current else { return try body() }
    return try time(.layer(network: network, place: place, pass), body)
  }

  private func change(to part: TimedPart?) {
    let now = clock.now
    if let current { readings[current, default: Reading()].seconds += (now - since) / .seconds(1) }
    current = part
    since = now
  }
}

extension Pass {
  /// Runs `body`; if there is a clock, its time counts as this pass of the layer that runs.
  @inline(__always)
  package func time<Result>(_ part: LayerPass, _ body: () throws -> Result) rethrows -> Result {
    guard let clock else { return try body() }
    return try clock.time(part, body)
  }

  /// Runs `body`; if there is a clock, its time counts as `part`.
  @inline(__always)
  package func time<Result>(_ part: @autoclosure () -> TimedPart, _ body: () throws -> Result) rethrows
    -> Result
  {
    guard let clock else { return try body() }
    return try clock.time(part(), body)
  }
}
