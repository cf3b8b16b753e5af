import Cluster
import Communication
import Datasets
import Models
import Networks
import Reporting
import Tensors
import Wording

/// A window drop under way.
struct WindowDropping {
  let request: DropRequest
  let source: ModelSource
  let studio: DropStudio
  let communicator: any Communicator
  let pool: ThreadPool
  /// Where progress is shown; nil: nowhere.
  let console: Console?

  /// The most pictures with the object that the regression is fitted on.
  private static let mostFitted = 400
  /// The fewest with which it makes sense.
  private static let fewest = 5

  // MARK: By a judge

  /// Finds the object by a judge that has learnt from drawn faces, and scores the drop.
  func scored(_ object: FaceObject) throws -> DropReport {
    let judge = try judge(of: object)
    let count = UInt64(request.pictures)
    let fit = try look(0..<count, by: judge)
    let chosen = Self.chosen(fit)
    guard chosen.with.count >= Self.fewest else { throw lack(of: object, chosen.with.count) }
    let list = chosen.with + chosen.without
    let regression = try regression(
      seeds: list.map { UInt64($0) }, masks: list.map { fit[$0].mask }, stream: 17)
    let dropped = try dropped(regression.weights)
    let seeds = Array(count..<2 * count)
    let sightings = try look(count..<2 * count, by: judge)
    let score = try score(regression.weights, dropped, seeds, sightings, judge)
    let shown = zip(seeds, sightings).filter(\.1.isShown).prefix(request.shown)
    try draw(
      [.init(seeds: shown.map(\.0), masks: shown.map(\.1.mask))],
      without: [("dropped", dropped), ("random", randomSets(of: dropped.count)[0])],
      title: ["G without \(dropped.count) of \(regression.weights.count) maps", "to forget \(object.words)"])
    return DropReport(
      object: object.rawValue, layer: studio.maps.name, weights: regression.weights,
      threshold: request.threshold, dropped: dropped, fitted: chosen.with.count, fit: regression.fit,
      judge: judge.quality, score: score, out: request.out)
  }

  private func judge(of object: FaceObject) throws -> ObjectJudge {
    let network = try succeedingOnAllRanks(communicator) {
      guard studio.form.height == studio.form.width else {
        throw RunError(
          "--object needs square pictures, as the built-in faces are, and G's are \(studio.form)")
      }
      return try source.network(.discriminator, pool: pool)
    }
    return try ObjectJudge(
      of: object, request.faces, network, of: source.architecture, studio, from: 2 * UInt64(request.pictures),
      on: communicator, pool: pool,
      progress: TaskProgress("judge", of: "pictures", on: console))
  }

  private func look(_ seeds: Range<UInt64>, by judge: ObjectJudge) throws -> [Sighting] {
    let progress = TaskProgress("G's pictures", of: "pictures", on: console)
    defer { progress.finish() }
    return try studio.sightings(of: Array(seeds), by: judge) {
      progress.update($0 * communicator.size, of: seeds.count)
    }
  }

  /// Pictures with the object, and as many without, as places among the sightings.
  private static func chosen(_ sightings: [Sighting]) -> (with: [Int], without: [Int]) {
    let with = sightings.indices.filter { sightings[$0].isShown }.prefix(mostFitted)
    let without = sightings.indices.filter { sightings[$0].isWithout }.prefix(with.count)
    return (Array(with), Array(without))
  }

  private func lack(of object: FaceObject, _ count: Int) -> RunError {
    let shown = count == 0 ? "none" : "only \(count)"
    return RunError(
      "\(shown) of \(grouped(request.pictures)) pictures that G makes \(count > 1 ? "show" : "shows") \(object.words), as a judge that has "
        + "learnt from drawn faces sees them, so nothing tells which maps draw it: take a model that has trained "
        + "longer, more --drop-pictures, or another --object")
  }

  // MARK: By boxes

  /// Finds the object by boxes; without a judge there is no score.
  func boxed(_ boxes: ObjectBoxes, path: String) throws -> DropReport {
    let form = studio.form
    let masks = boxes.pictures.map {
      $0.boxes.isEmpty ? nil : PictureMask(boxes: $0.boxes, height: form.height, width: form.width)
    }
    let regression = try regression(seeds: boxes.pictures.map(\.seed), masks: masks, stream: 18)
    let dropped = try dropped(regression.weights)
    let with = zip(boxes.pictures, masks).filter { $0.1 != nil }.prefix(request.shown)
    let next = (boxes.pictures.map(\.seed).max() ?? 0) + 1
    let others = (0..<UInt64(request.shown)).map { next + $0 }
    try draw(
      [
        .init(seeds: with.map(\.0.seed), masks: with.map(\.1)),
        .init(seeds: others, masks: others.map { _ in nil }),
      ], without: [("dropped", dropped)],
      title: [
        "G without \(dropped.count) of \(regression.weights.count) maps", "with boxes above, others below",
      ])
    return DropReport(
      object: path, layer: studio.maps.name, weights: regression.weights, threshold: request.threshold,
      dropped: dropped, fitted: masks.count { $0 != nil }, fit: regression.fit, judge: nil, score: nil,
      out: request.out)
  }

  // MARK: The sheet

  /// Writes the sheet, on rank 0 alone. Collective.
  private func draw(
    _ blocks: [DropSheet.Block], without sets: [(name: String, maps: [Int])], title: [String]
  ) throws {
    _ = try decidedByRankZero(communicator) {
      let sheet = DropSheet(
        names: ["G"] + sets.map(\.name), title: title, outlines: request.outlines, scale: request.scale)
      try sheet.draw(
        blocks.map { ($0, try studio.pictures(of: $0.seeds, without: sets.map(\.maps))) }
      ).writePNG(to: request.out)
      return true
    }
  }
}
