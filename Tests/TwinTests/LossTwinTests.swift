import Foundation
import Objectives
import Testing

/// Every loss beside PyTorch's (Fixtures/README.md).
@Suite struct LossTwinTests {
  private struct Twins: Decodable {
    struct Case: Decodable {
      let kind: LossKind
      let side: String
      let target: Double?
      let losses: [Double]
      let gradient: [Double]
    }
    let logits: [Float]
    let cases: [Case]
  }

  @Test func valuesAndGradients() throws {
    let twins = try JSONDecoder().decode(
      Twins.self, from: Data(contentsOf: URL(fileURLWithPath: Fixture.path("losses.json"))))
    let count = twins.logits.count
    var kinds: Set<String> = []
    for one in twins.cases {
      let side = try #require(LossSide(rawValue: one.side))
      kinds.insert("\(one.kind) \(one.side)")
      #expect(one.kind.hasTarget(side) == (one.target != nil))
      func evaluate(_ logits: [Float], batch: Int) -> (LossSums, [Float]) {
        var gradient = [Float](repeating: .nan, count: logits.count)
        let sums = one.kind.evaluate(
          logits, count: logits.count, as: side, target: one.target ?? .nan, batch: batch, gradient: &gradient
        )
        return (sums, gradient)
      }
      for (logit, expected) in zip(twins.logits, one.losses) {
        let loss = evaluate([logit], batch: 1).0.loss
        #expect(abs(loss - expected) <= 1e-14 * max(1, abs(expected)), "\(one.kind) \(side) at \(logit)")
      }
      let (sums, gradient) = evaluate(twins.logits, batch: count)
      let total = one.losses.reduce(0, +)
      #expect(abs(sums.loss - total) <= 1e-13 * abs(total))
      for (found, expected) in zip(gradient, one.gradient) {
        #expect(abs(Double(found) - expected) <= 1e-7 * abs(expected) + 1e-16, "\(one.kind) \(side)")
      }
    }
    #expect(kinds.count == LossKind.allCases.count * LossSide.allCases.count)
  }
}
