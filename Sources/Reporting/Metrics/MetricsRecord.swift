import Foundation
import Wording

/// One line of `metrics.jsonl`: the values of a logged step. Each property has the name of its field, in camel case.
///
/// All values but times and memory are the same with any number of ranks. If a step has several updates of a
/// network, a value is the mean over them. A value that is not finite is written as null and read back as NaN.
package struct MetricsRecord: Equatable, Sendable {
  /// Steps completed since the run's start.
  package var step: Int
  /// Epochs completed, as a fraction from 0.
  package var epoch: Double
  /// Real pictures consumed by all ranks since the run's start.
  package var images: Int
  /// Seconds of training since the run's start, the time before a resume included.
  package var seconds: Double
  /// Real pictures a second, all ranks together.
  package var imagesPerSecond: Double
  /// D's loss on real pictures.
  package var lossDReal: Double
  /// D's loss on generated pictures.
  package var lossDFake: Double
  /// G's loss.
  package var lossG: Double
  /// Mean of sigmoid(D's logit) over real pictures.
  package var dReal: Double
  /// Mean of sigmoid(D's logit) over generated pictures, in D's update.
  package var dFakeBefore: Double
  /// Mean of sigmoid(D's logit) over generated pictures, in G's update.
  package var dFakeAfter: Double
  /// The loss of InfoGAN's codes, -log Q(c | x) without its constant; nil without Q.
  package var lossCodes: Double?
  /// The loss of D's classifier, -log P(class); nil without a classifier.
  package var lossClasses: Double?
  /// L2 norm of D's reduced gradient.
  package var gradNormD: Double
  /// L2 norm of G's reduced gradient.
  package var gradNormG: Double
  /// D's learning rate in the step; nil if the file has no such field.
  package var lrD: Double?
  /// G's learning rate in the step; nil if the file has no such field.
  package var lrG: Double?
  /// Seconds per step that the rank with the longest wait waited for communication.
  package var commSeconds: Double
  /// Seconds per step that the rank with the longest wait waited for pictures.
  package var dataSeconds: Double
  /// Seconds per step that each rank waited for communication, in rank order; empty if the file has no such field.
  package var waitSeconds: [Double]
  /// Seconds per step that a rank waited for the sums of batch norm, the largest over the ranks; NaN if the file has
  /// no such field.
  package var batchNormWaitSeconds: Double
  /// The share, in percent, of the time in which gradients were sent between ranks that the rank with the longest wait
  /// did not wait for them; nil on one rank.
  package var overlapPercent: Double?
  /// Bytes of peak resident memory of the rank that used most.
  package var memoryBytes: Int

  /// D's whole loss, the sum over real and generated pictures.
  package var lossD: Double { lossDReal + lossDFake }

  /// Creates a record from its parts.
  package init(
    step: Int, epoch: Double, images: Int, seconds: Double, imagesPerSecond: Double, lossDReal: Double,
    lossDFake: Double, lossG: Double, dReal: Double, dFakeBefore: Double, dFakeAfter: Double,
    lossCodes: Double? = nil, lossClasses: Double? = nil, gradNormD: Double,
    gradNormG: Double, lrD: Double? = nil, lrG: Double? = nil, commSeconds: Double, dataSeconds: Double,
    waitSeconds: [Double] = [],
    batchNormWaitSeconds: Double = .nan, overlapPercent: Double? = nil, memoryBytes: Int
  ) {
    self.step = step
    self.epoch = epoch
    self.images = images
    self.seconds = seconds
    self.imagesPerSecond = imagesPerSecond
    self.lossDReal = lossDReal
    self.lossDFake = lossDFake
    self.lossG = lossG
    self.dReal = dReal
    self.dFakeBefore = dFakeBefore
    self.dFakeAfter = dFakeAfter
    self.lossCodes = lossCodes
    self.lossClasses = lossClasses
    self.gradNormD = gradNormD
    self.gradNormG = gradNormG
    self.lrD = lrD
    self.lrG = lrG
    self.commSeconds = commSeconds
    self.dataSeconds = dataSeconds
    self.waitSeconds = waitSeconds
    self.batchNormWaitSeconds = batchNormWaitSeconds
    self.overlapPercent = overlapPercent
    self.memoryBytes = memoryBytes
  }
}

extension MetricsRecord: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case step, epoch, images, seconds
    case imagesPerSecond = "images_per_second"
    case lossD = "loss_d"
    case lossDReal = "loss_d_real"
    case lossDFake = "loss_d_fake"
    case lossG = "loss_g"
    case dReal = "d_real"
    case dFakeBefore = "d_fake_before"
    case dFakeAfter = "d_fake_after"
    case lossCodes = "loss_codes"
    case lossClasses = "loss_classes"
    case gradNormD = "grad_norm_d"
    case gradNormG = "grad_norm_g"
    case lrD = "lr_d"
    case lrG = "lr_g"
    case commSeconds = "comm_seconds"
    case dataSeconds = "data_seconds"
    case waitSeconds = "wait_seconds"
    case batchNormWaitSeconds = "batch_norm_wait_seconds"
    case overlapPercent = "overlap_percent"
    case memoryBytes = "memory_bytes"
  }

  private enum Value {
    case count(Int)
    case real(Double)
    case reals([Double])
  }

  private func value(_ key: CodingKeys) -> Value {
    switch key {
    case .step: .count(step)
    case .epoch: .real(epoch)
    case .images: .count(images)
    case .seconds: .real(seconds)
    case .imagesPerSecond: .real(imagesPerSecond)
    case .lossD: .real(lossD)
    case .lossDReal: .real(lossDReal)
    case .lossDFake: .real(lossDFake)
    case .lossG: .real(lossG)
    case .dReal: .real(dReal)
    case .dFakeBefore: .real(dFakeBefore)
    case .dFakeAfter: .real(dFakeAfter)
    case .lossCodes: .real(lossCodes ?? .nan)
    case .lossClasses: .real(lossClasses ?? .nan)
    case .gradNormD: .real(gradNormD)
    case .gradNormG: .real(gradNormG)
    case .lrD: .real(lrD ?? .nan)
    case .lrG: .real(lrG ?? .nan)
    case .commSeconds: .real(commSeconds)
    case .dataSeconds: .real(dataSeconds)
    case .waitSeconds: .reals(waitSeconds)
    case .batchNormWaitSeconds: .real(batchNormWaitSeconds)
    case .overlapPercent: .real(overlapPercent ?? .nan)
    case .memoryBytes: .count(memoryBytes)
    }
  }

  /// The record as one line of JSON without a line end, with its keys in the order of the file. Each number has the
  /// shortest form that reads back as the same value, so equal records give equal lines.
  package var jsonLine: String {
    let fields = CodingKeys.allCases.map { key -> String in
      switch value(key) {
      case .count(let number): "\"\(key.rawValue)\": \(number)"
      case .real(let number): "\"\(key.rawValue)\": \(Self.text(number))"
      case .reals(let numbers): "\"\(key.rawValue)\": [\(numbers.map(Self.text).joined(separator: ", "))]"
      }
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }

  /// All finite numbers of the record but the step, under their names in the file. A number of each rank has the rank
  /// in its name, as in `wait_seconds/rank_0003`; ranks from `mostRanks` on are left out.
  package func numbers(mostRanks: Int = 64) -> [(name: String, number: Double)] {
    CodingKeys.allCases.filter { $0 != .step }.flatMap { key -> [(name: String, number: Double)] in
      switch value(key) {
      case .count(let number): [(key.rawValue, Double(number))]
      case .real(let number): [(key.rawValue, number)]
      case .reals(let numbers):
        numbers.prefix(mostRanks).enumerated().map { rank, number in
          ("\(key.rawValue)/rank_\(zeroPadded(rank, to: 4))", number)
        }
      }
    }.filter(\.number.isFinite)
  }

  private static func text(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }

  /// Reads one line of the file.
  /// - Throws: `DecodingError`.
  package init(jsonLine: some StringProtocol) throws {
    self = try JSONDecoder().decode(MetricsRecord.self, from: Data(jsonLine.utf8))
  }

  /// Writes the fields of the file; a number that is not finite becomes null.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for key in CodingKeys.allCases {
      switch value(key) {
      case .count(let number): try container.encode(number, forKey: key)
      case .real(let number) where number.isFinite: try container.encode(number, forKey: key)
      case .real: try container.encodeNil(forKey: key)
      case .reals(let numbers):
        try container.encode(numbers.map { $0.isFinite ? $0 : nil }, forKey: key)
      }
    }
  }

  /// Reads the fields of the file; null becomes NaN. `loss_d` is not read, as it is the sum of two other fields. Files
  /// of earlier versions lack `lr_d`, `lr_g`, `loss_codes`, `loss_classes`, `wait_seconds`, `batch_norm_wait_seconds` and
  /// `overlap_percent`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func count(_ key: CodingKeys) throws -> Int { try container.decode(Int.self, forKey: key) }
    func real(_ key: CodingKeys) throws -> Double {
      try container.decodeNil(forKey: key) ? .nan : container.decode(Double.self, forKey: key)
    }
    self.init(
      step: try count(.step), epoch: try real(.epoch), images: try count(.images),
      seconds: try real(.seconds),
      imagesPerSecond: try real(.imagesPerSecond), lossDReal: try real(.lossDReal),
      lossDFake: try real(.lossDFake), lossG: try real(.lossG), dReal: try real(.dReal),
      dFakeBefore: try real(.dFakeBefore), dFakeAfter: try real(.dFakeAfter),
      lossCodes: try container.decodeIfPresent(Double.self, forKey: .lossCodes),
      lossClasses: try container.decodeIfPresent(Double.self, forKey: .lossClasses),
      gradNormD: try real(.gradNormD),
      gradNormG: try real(.gradNormG),
      lrD: try container.decodeIfPresent(Double.self, forKey: .lrD),
      lrG: try container.decodeIfPresent(Double.self, forKey: .lrG), commSeconds: try real(.commSeconds),
      dataSeconds: try real(.dataSeconds),
      waitSeconds: try container.decodeIfPresent([Double?].self, forKey: .waitSeconds)?.map { $0 ?? .nan }
        ?? [],
      batchNormWaitSeconds: try container.decodeIfPresent(Double.self, forKey: .batchNormWaitSeconds) ?? .nan,
      overlapPercent: try container.decodeIfPresent(Double.self, forKey: .overlapPercent),
      memoryBytes: try count(.memoryBytes))
  }
}
