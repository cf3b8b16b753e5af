import Cluster
import Networks
import Reporting
import Tensors
import Wording

/// How much of the object goes, and how much else changes.
extension WindowDropping {
  /// What the drop does to pictures that the regression has not seen. Collective.
  func score(
    _ weights: [Double], _ dropped: [Int], _ seeds: [UInt64], _ sightings: [Sighting], _ judge: ObjectJudge
  ) throws -> DropReport.Score {
    let with = sightings.indices.filter { sightings[$0].isShown }
    let without = sightings.indices.filter { sightings[$0].isWithout }
    guard !with.isEmpty, !without.isEmpty else {
      throw RunError(
        "\(with.isEmpty ? "none" : "each") of the \(grouped(seeds.count)) pictures for the score shows the object, so there "
          + "is nothing to compare: take more --drop-pictures")
    }
    let heaviest = weights.indices.filter { weights[$0] > 0 }.sorted { weights[$0] > weights[$1] }
    let lengths =
      heaviest.isEmpty
      ? [] : Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < heaviest.count }) + [heaviest.count]
    let curve = lengths.map { Array(heaviest.prefix($0)) }
    let random = randomSets(of: dropped.count)
    let randomCurve = lengths.map { randomSets(of: $0) }
    let progress = TaskProgress("score", of: "pictures", on: console)
    defer { progress.finish() }
    let changes = try studio.changes(
      of: with.map { seeds[$0] }, masks: with.map { sightings[$0].mask },
      without: [dropped] + random + curve + randomCurve.flatMap(\.self), by: judge
    ) { progress.update($0 * communicator.size, of: seeds.count) }
    let others = try studio.changes(
      of: without.map { seeds[$0] }, masks: without.map { _ in nil }, without: [dropped], by: judge
    ) { progress.update(min(seeds.count, with.count + $0 * communicator.size), of: seeds.count) }[0]
    var rest = changes.dropFirst()
    func next(_ sets: Int, maps: Int) -> DropReport.Effect {
      defer { rest = rest.dropFirst(sets) }
      return Self.effect(Array(rest.prefix(sets)), maps: maps)
    }
    return DropReport.Score(
      shown: Accuracy(right: with.count, of: seeds.count),
      drop: Self.effect([changes[0]], maps: dropped.count),
      random: next(random.count, maps: dropped.count), curve: lengths.map { next(1, maps: $0) },
      randomCurve: zip(lengths, randomCurve).map { next($1.count, maps: $0) },
      seen: try judge.sees(studio, without: dropped, on: communicator, pool: pool).laid,
      gained: Accuracy(right: others.count { $0.value > 0 }, of: others.count),
      others: others.reduce(0) { $0 + $1.outside } / Double(others.count))
  }

  /// Four sets of so many random maps.
  func randomSets(of count: Int) -> [[Int]] {
    (0..<4).map { set in
      RandomChoice.shuffled(studio.maps.shape.channels, seed: 1, stream: 19, step: set).prefix(count).sorted()
    }
  }

  /// The effect of sets of as many maps, all together.
  private static func effect(_ sets: [[DropStudio.Change]], maps: Int) -> DropReport.Effect {
    func mean(_ values: [Double]) -> Double {
      values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
    let all = sets.flatMap(\.self)
    return DropReport.Effect(
      maps: maps, gone: Accuracy(right: all.count { $0.value <= 0 }, of: all.count),
      outside: mean(all.map(\.outside)), inside: mean(all.compactMap(\.inside)))
  }
}
