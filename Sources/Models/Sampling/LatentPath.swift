import Foundation
import Recipes

/// How one goes from one z to another.
package enum LatentPath: String, Equatable, Sendable {
  /// Along the arc between both vectors (White 2016, "Sampling Generative Networks"). Nearly all z from N(0, 1) have about
  /// the same length, and so have those on the arc; on the straight line between two of them the middle is shorter, as
  /// no z was in training.
  case slerp
  /// Along the straight line. z from U[-1, 1) fill a cube, which holds the line between any two of them.
  case linear

  /// The path that suits how z was drawn in training.
  package init(_ latent: LatentDistribution) {
    switch latent {
    case .normal: self = .slerp
    case .uniform: self = .linear
    }
  }

  /// The vector at `t` of the way from `a` to `b`, vectors of the same length; `a` itself at 0 and `b` itself at 1.
  package func between(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, at t: Double) -> [Float] {
    precondition(a.count == b.count, "a path lies between vectors of one length")
    guard t > 0 else { return Array(a) }
    guard t < 1 else { return Array(b) }
    let (ofA, ofB) = weights(a, b, at: t)
    return zip(a, b).map { Float(ofA * Double($0) + ofB * Double($1)) }
  }

  private func weights(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, at t: Double) -> (Double, Double) {
    func product(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
      zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let lengths = (product(a, a) * product(b, b)).squareRoot()
    guard self == .slerp, lengths > 0 else { return (1 - t, t) }
    let angle = acos(min(1, max(-1, product(a, b) / lengths)))
    // Of vectors in the same or in opposite directions there is no arc.
    guard sin(angle) > 1e-6 else { return (1 - t, t) }
    return (sin((1 - t) * angle) / sin(angle), sin(t * angle) / sin(angle))
  }
}
