import Configuration
import Options
import Recipes
import Runs
import TestOptions
import Testing

@Suite("Which pictures the steps of a changed run take") struct SampleDrawsTests {
  /// The draws of a run whose batch is changed at these steps, over 100 pictures.
  private func draws(
    _ changes: [(step: Int, batch: Int)], batch: Int = 10, _ prepare: (inout RunOptions) -> Void = { _ in }
  ) throws -> [SampleDraws] {
    var options = try RunOptions(preset: .named("dcgan64"))
    options.recipe.batchSize = batch
    prepare(&options)
    var all = [try SampleDraws(options, pictures: 100)]
    for (step, batch) in changes {
      let reached = all[all.count - 1].reached(after: step)
      options = try options.changed(["batch-size=\(batch)"], atStep: step, relativeTo: "/") { reached }
      all.append(try SampleDraws(options, pictures: 100))
    }
    return all
  }

  /// The pictures of a step, in order.
  private func pictures(_ draws: SampleDraws, step: Int) -> [Int] {
    (0..<draws.batch(ofStep: step)).map { draws.plan.dataIndex(draw: draws.draw(ofStep: step), sample: $0) }
  }

  @Test("Epochs and pictures are counted on")
  func counts() throws {
    let all = try draws([(3, 20), (5, 50)])
    #expect(all.map { $0.epochs.stepsPerEpoch } == [10, 5, 2])
    #expect(all[1].reached(after: 3).epochs == 0.3 && all[1].images(after: 3) == 30)
    #expect(abs(all[1].epochs.epochs(after: 5) - 0.7) < 1e-12 && all[1].images(after: 5) == 70)
    #expect(abs(all[2].epochs.epochs(after: 7) - 1.7) < 1e-12 && all[2].images(after: 7) == 170)
    #expect(all[2].batch(ofStep: 5) == 50)
  }

  @Test("Every pass has an order of its own, however early the pass before it ended")
  func orders() throws {
    // Passes of a few steps, and one that ends within its second round.
    let all = try draws([(3, 20), (4, 10), (5, 20), (13, 10), (14, 10), (20, 25)])
    var first: [[Int]] = []
    let steps = [0, 3, 4, 5, 13, 14, 20]
    for (place, draws) in all.enumerated() where place != 5 {
      first.append(Array(pictures(draws, step: steps[place]).prefix(10)))
    }
    #expect(Set(first).count == first.count, "\(first)")
    // A whole pass takes each picture once.
    let whole = (3..<8).flatMap { pictures(all[1], step: $0) }
    #expect(whole.sorted() == Array(0..<100))
  }

  @Test("With replacement no draw has the number of one before, so its pictures are others")
  func withReplacement() throws {
    let all = try draws([(150, 20)], batch: 1) { $0.recipe.sampling.withReplacement = true }
    #expect(all[1].draw(ofStep: 150) >= all[0].draw(ofStep: 150))
    let before = (0..<150).flatMap { pictures(all[0], step: $0) }
    let after = (150..<158).flatMap { pictures(all[1], step: $0) }
    #expect(before.suffix(100) != after.prefix(100))
  }

  @Test("A short last batch is counted as it is")
  func keeping() throws {
    let all = try draws([(4, 40)], batch: 30) { $0.recipe.sampling.lastBatch = .keep }
    #expect(all[0].batch(ofStep: 3) == 10 && all[0].images(after: 4) == 100)
    #expect(all[1].images(after: 4) == 100 && all[1].images(after: 7) == 200)
    #expect(all[1].epochs.epochs(after: 7) == 2)
  }

  @Test("The largest places that a file may name do not overflow")
  func extremes() throws {
    var options = try RunOptions(preset: .named("dcgan64"))
    options.recipe.batchSize = 1
    options = try options.changed(["batch-size=2"], atStep: 5, relativeTo: "/") {
      .init(epochs: 1e9, images: 1 << 60, draws: 1 << 40, passes: 1 << 30)
    }
    let draws = try SampleDraws(options, pictures: 1 << 32)
    #expect(draws.images(after: 6) == 1 << 60 + 2)
    #expect(draws.reached(after: Int(UInt32.max)).images > 1 << 60)
  }
}
