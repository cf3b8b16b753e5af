import Configuration
import Networks
import Wording

/// What a window drop found.
package struct DropReport: Equatable, Sendable {
  /// What dropping some maps does to pictures that show the object.
  package struct Effect: Equatable, Sendable {
    /// How many maps are dropped.
    package let maps: Int
    /// In how many of the pictures the object is gone.
    package let gone: Accuracy
    /// The mean absolute difference of pixels away from the object, as a share of their range.
    package let outside: Double
    /// The same within it.
    package let inside: Double
  }

  /// The score, on pictures that the regression has not seen.
  package struct Score: Equatable, Sendable {
    /// How many of G's pictures show the object.
    package let shown: Accuracy
    /// What the drop does to them.
    package let drop: Effect
    /// What a drop of as many random maps does, over several draws.
    package let random: Effect
    /// What a drop of the maps of largest weight does, for growing numbers of them, of positive weight.
    package let curve: [Effect]
    /// What a drop of as many random maps does, for each of these numbers.
    package let randomCurve: [Effect]
    /// Of pictures that G makes without the maps, and onto which the object was drawn then, in how many the judge sees it.
    package let seen: Accuracy
    /// Of the pictures that surely are without the object, in how many the drop makes it appear.
    package let gained: Accuracy
    /// How much the drop changes these pictures, as `outside`, over the whole picture.
    package let others: Double
  }

  /// The object, or the file of its boxes.
  package let object: String
  /// The convolution, by PyTorch's name.
  package let layer: String
  /// The weight of each of its maps in the regression.
  package let weights: [Double]
  /// Maps are dropped whose weight is more than this share of the largest.
  package let threshold: Double
  /// These maps, in their order.
  package let dropped: [Int]
  /// How many pictures with the object the regression was fitted on.
  package let fitted: Int
  /// Of the positions that it was fitted on, how many it tells right.
  package let fit: Accuracy
  /// How well the judge does; nil: boxes told where the object is.
  package let judge: JudgeQuality?
  /// The score; nil: without a judge there is none.
  package let score: Score?
  /// The path of the sheet.
  package let out: String
}

// MARK: Words

extension DropReport {
  /// What a person is told, line by line.
  package var lines: [String] {
    func percent(_ share: Double) -> String { Self.fixed(100 * share, 1) + "%" }
    func said(_ accuracy: Accuracy) -> String {
      "\(grouped(accuracy.right)) of \(grouped(accuracy.total)) (\(percent(accuracy.share)), 95% interval "
        + "\(percent(accuracy.interval.lowerBound)) to \(percent(accuracy.interval.upperBound)))"
    }
    func changed(_ effect: Effect) -> String {
      "changed \(percent(effect.inside)) of the range in the object, \(percent(effect.outside)) away from it"
    }
    var lines: [String] = []
    if let judge {
      lines.append(
        "judge, on drawn faces: right on \(said(judge.both)); overlap of the place \(Self.fixed(judge.overlap, 2)), precision "
          + "\(Self.fixed(judge.precision, 2)), recall \(Self.fixed(judge.recall, 2))")
      lines.append(
        "judge, on G's pictures, half of them without some random maps: sees it in \(said(judge.laid)) onto which it was drawn, "
          + "and in \(said(judge.bare)) of the same before")
    }
    lines.append(
      "dropped \(dropped.count) of \(counted(weights.count, "map")) of \(layer), those of "
        + (threshold > 0 ? "more than \(threshold) of the largest weight" : "positive weight")
        + ": \(dropped.map(String.init).joined(separator: ", "))")
    if let score {
      lines += [
        "\(object): shown by \(said(score.shown)) of G's pictures",
        "gone in \(said(score.drop.gone)); \(changed(score.drop))",
        "with as many random maps dropped: gone in \(said(score.random.gone)); \(changed(score.random))",
        "pictures without it before in which it is seen after the drop: \(said(score.gained)); they changed "
          + "\(percent(score.others)) of the range",
        "pictures without the maps onto which it was drawn: seen in \(said(score.seen))",
      ]
      lines += doubts(score)
    }
    return lines + ["wrote \(out)"]
  }

  /// Why the score may mislead, a sentence each.
  private func doubts(_ score: Score) -> [String] {
    var doubts: [String] = []
    if let judge, judge.both.share < 0.97 {
      doubts.append("the judge errs in more than 3 of 100 drawn faces, so take the score with care")
    }
    if let judge, score.shown.share < 3 * (1 - judge.spared.share) {
      doubts.append(
        "the judge sees it in \(Self.fixed(100 * (1 - judge.spared.share), 1))% of drawn faces without it, so it may err in "
          + "many of the pictures that count as showing it: look at the sheet")
    }
    if score.gained.share > 0.05 || score.seen.share < 0.9 {
      doubts.append(
        "the judge errs in pictures that the drop changes so much, so in how many the object is gone is uncertain"
      )
    }
    return doubts
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

// MARK: JSON

extension DropReport {
  /// All numbers as one object.
  package var json: ConfigurationValue {
    .object([
      .init("object", .string(object)), .init("layer", .string(layer)),
      .init("threshold", .real(threshold)),
      .init("dropped", .array(dropped.map { .integer($0) })),
      .init("weights", .array(weights.map { .real($0) })),
      .init("fitted_pictures", .integer(fitted)), .init("fit", fit.json),
      .init("judge", judge?.json ?? .null), .init("score", score?.json ?? .null), .init("out", .string(out)),
    ])
  }
}

extension DropReport.Score {
  fileprivate var json: ConfigurationValue {
    .object([
      .init("shown", shown.json), .init("drop", drop.json), .init("random", random.json),
      .init("gained", gained.json), .init("others_changed", .real(others)),
      .init("seen_if_drawn", seen.json), .init("curve", .array(curve.map(\.json))),
      .init("random_curve", .array(randomCurve.map(\.json))),
    ])
  }
}

extension DropReport.Effect {
  fileprivate var json: ConfigurationValue {
    .object([
      .init("maps", .integer(maps)), .init("gone", gone.json), .init("changed_inside", .real(inside)),
      .init("changed_outside", .real(outside)),
    ])
  }
}

extension JudgeQuality {
  fileprivate var json: ConfigurationValue {
    .object([
      .init("accuracy", both.json), .init("with", found.json), .init("without", spared.json),
      .init("laid", laid.json), .init("bare", bare.json),
      .init("overlap", .real(overlap)), .init("precision", .real(precision)), .init("recall", .real(recall)),
    ])
  }
}

extension Accuracy {
  fileprivate var json: ConfigurationValue {
    .object([
      .init("right", .integer(right)), .init("total", .integer(total)), .init("share", .real(share)),
      .init("interval", .array([.real(interval.lowerBound), .real(interval.upperBound)])),
    ])
  }
}
