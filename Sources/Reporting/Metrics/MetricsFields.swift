import Foundation
import Wording

/// A field of a line of `metrics.jsonl`.
struct MetricsField: Sendable {
  /// How the field's value is held.
  enum Place: Sendable {
    case count(WritableKeyPath<MetricsRecord, Int> & Sendable)
    /// A count that may lack or be null: nil.
    case optionalCount(WritableKeyPath<MetricsRecord, Int?> & Sendable)
    case real(WritableKeyPath<MetricsRecord, Double> & Sendable)
    /// A field that may lack or be null: nil.
    case optional(WritableKeyPath<MetricsRecord, Double?> & Sendable)
    /// A field that files of earlier versions lack: they have another field with the same value.
    case newer(WritableKeyPath<MetricsRecord, Double> & Sendable, formerly: String)
    /// A list that files of earlier versions lack.
    case list(WritableKeyPath<MetricsRecord, [Double]> & Sendable)
    /// A field that follows from others, so it is not read.
    case derived(KeyPath<MetricsRecord, Double> & Sendable)
  }

  let name: String
  let place: Place

  init(_ name: String, _ place: Place) {
    self.name = name
    self.place = place
  }

  /// All fields, in the order of the file.
  static let all: [MetricsField] =
    [
      .init("step", .count(\.step)), .init("epoch", .real(\.epoch)), .init("images", .count(\.images)),
      .init("seconds", .real(\.seconds)), .init("images_per_second", .real(\.imagesPerSecond)),
      .init("loss_d", .derived(\.means.lossD)),
      .init("loss_d_real", .real(\.means.lossDReal)), .init("loss_d_fake", .real(\.means.lossDFake)),
      .init("loss_g", .real(\.means.lossG)), .init("d_real", .real(\.means.dReal)),
      .init("d_fake_before", .real(\.means.dFakeBefore)), .init("d_fake_after", .real(\.means.dFakeAfter)),
      .init("loss_codes", .optional(\.means.lossCodes)),
      .init("loss_classes", .optional(\.means.lossClasses)),
      .init("loss_d_share", .optional(\.lossDShare)),
      .init("loss_d_last", .derived(\.last.lossD)),
      // A line of an earlier version was of one step alone.
      .init("loss_d_real_last", .newer(\.last.lossDReal, formerly: "loss_d_real")),
      .init("loss_d_fake_last", .newer(\.last.lossDFake, formerly: "loss_d_fake")),
      .init("loss_g_last", .newer(\.last.lossG, formerly: "loss_g")),
      .init("d_real_last", .newer(\.last.dReal, formerly: "d_real")),
      .init("d_fake_before_last", .newer(\.last.dFakeBefore, formerly: "d_fake_before")),
      .init("d_fake_after_last", .newer(\.last.dFakeAfter, formerly: "d_fake_after")),
      .init("loss_codes_last", .optional(\.last.lossCodes)),
      .init("loss_classes_last", .optional(\.last.lossClasses)),
      .init("grad_norm_d", .real(\.gradNormD)), .init("grad_norm_g", .real(\.gradNormG)),
      .init("lr_d", .optional(\.lrD)), .init("lr_g", .optional(\.lrG)),
      .init("comm_seconds", .real(\.commSeconds)), .init("data_seconds", .real(\.dataSeconds)),
      .init("wait_seconds", .list(\.waitSeconds)),
      .init("batch_norm_wait_seconds", .newer(\.batchNormWaitSeconds, formerly: "")),
      .init("overlap_percent", .optional(\.overlapPercent)), .init("memory_bytes", .count(\.memoryBytes)),
    ] + ofWatch
  private static let ofWatch: [MetricsField] = [
    .init("sheet_step", .optionalCount(\.watch.sheetStep)),
    .init("smoothness", .optional(\.watch.smoothness)),
    .init("smoothness_low", .optional(\.watch.smoothnessLow)), .init("variety", .optional(\.watch.variety)),
    .init("variety_low", .optional(\.watch.varietyLow)),
    .init("loss_d_share_low", .optional(\.watch.lossDShareLow)),
    .init("loss_d_share_high", .optional(\.watch.lossDShareHigh)),
  ]

  /// The field's value, as a list where it is one.
  func numbers(_ record: MetricsRecord) -> [Double] {
    switch place {
    case .count(let path): [Double(record[keyPath: path])]
    case .real(let path), .newer(let path, _): [record[keyPath: path]]
    case .optional(let path): [record[keyPath: path] ?? .nan]
    case .optionalCount(let path): [record[keyPath: path].map(Double.init) ?? .nan]
    case .derived(let path): [record[keyPath: path]]
    case .list(let path): record[keyPath: path]
    }
  }

  /// The field's value as JSON.
  func json(_ record: MetricsRecord) -> String {
    switch place {
    case .count(let path): return "\(record[keyPath: path])"
    case .optionalCount(let path): return record[keyPath: path].map { "\($0)" } ?? "null"
    case .list(let path): return "[\(record[keyPath: path].map(Self.text).joined(separator: ", "))]"
    default: return Self.text(numbers(record)[0])
    }
  }

  private static func text(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }

  /// Sets the field of `record` from a line's fields.
  /// - Throws: `DecodingError` where the field lacks or is of another kind.
  func set(_ record: inout MetricsRecord, from line: KeyedDecodingContainer<Key>) throws {
    func key(_ name: String) -> Key { Key(stringValue: name) }
    func real(_ name: String) throws -> Double {
      try line.decodeNil(forKey: key(name)) ? .nan : line.decode(Double.self, forKey: key(name))
    }
    switch place {
    case .count(let path): record[keyPath: path] = try line.decode(Int.self, forKey: key(name))
    case .real(let path): record[keyPath: path] = try real(name)
    case .optional(let path):
      record[keyPath: path] = try line.decodeIfPresent(Double.self, forKey: key(name))
    case .optionalCount(let path):
      record[keyPath: path] = try line.decodeIfPresent(Int.self, forKey: key(name))
    case .newer(let path, let former):
      let found = [name, former].first { line.contains(key($0)) }
      record[keyPath: path] = try found.map(real) ?? .nan
    case .list(let path):
      let numbers = try line.decodeIfPresent([Double?].self, forKey: key(name))
      record[keyPath: path] = numbers?.map { $0 ?? .nan } ?? []
    case .derived: break
    }
  }

  /// A field's name as a key of a decoder.
  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension MetricsRecord {
  /// The record as one line of JSON without a line end, with its keys in the order of the file. Each number has the
  /// shortest form that reads back as the same value, so equal records give equal lines.
  package var jsonLine: String {
    "{" + MetricsField.all.map { "\"\($0.name)\": \($0.json(self))" }.joined(separator: ", ") + "}"
  }

  /// All finite numbers of the record but the step, under their names in the file. A number of each rank has the rank
  /// in its name, as in `wait_seconds/rank_0003`; ranks from `mostRanks` on are left out.
  package func numbers(mostRanks: Int = 64) -> [(name: String, number: Double)] {
    MetricsField.all.filter { $0.name != "step" }.flatMap { field -> [(name: String, number: Double)] in
      let numbers = field.numbers(self)
      guard case .list = field.place else { return [(field.name, numbers[0])] }
      return numbers.prefix(mostRanks).enumerated().map { rank, number in
        ("\(field.name)/rank_\(zeroPadded(rank, to: 4))", number)
      }
    }.filter(\.number.isFinite)
  }

  /// Reads one line of the file, also one of an earlier version.
  /// - Throws: `DecodingError`.
  package init(jsonLine: some StringProtocol) throws {
    self = try JSONDecoder().decode(MetricsRecord.self, from: Data(jsonLine.utf8))
  }
}

extension MetricsRecord: Decodable {
  /// Reads the fields of a line; null becomes NaN or nil.
  package init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: MetricsField.Key.self)
    let none = StepNumbers(
      lossDReal: .nan, lossDFake: .nan, lossG: .nan, dReal: .nan, dFakeBefore: .nan, dFakeAfter: .nan)
    self.init(
      step: 0, epoch: .nan, images: 0, seconds: .nan, imagesPerSecond: .nan, means: none, last: none,
      gradNormD: .nan, gradNormG: .nan, commSeconds: .nan, dataSeconds: .nan, memoryBytes: 0)
    for field in MetricsField.all { try field.set(&self, from: line) }
  }
}
