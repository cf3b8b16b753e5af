import Foundation

/// Where two variants first differ.
package struct VerifyDifference: Codable, Equatable, Sendable {
  /// The step after which they differ, counted from 1.
  package var step: Int
  /// The name of the first tensor that differs, or of the metric where all tensors agree.
  package var name: String
  /// The tensor's hash, or the metric's value, in the variant.
  package var own: String
  /// The hash or value in the variant that it is compared with.
  package var other: String
  /// How many tensors differ after that step.
  package var tensors: Int
  /// How many metrics differ after that step.
  package var metrics: Int
}

extension VerifyDifference {
  /// Compares two recordings, which must have the same tensors and number of steps.
  /// - Returns: nil where they are the same to the bit.
  package static func first(of recording: VerifyRecording, against reference: VerifyRecording)
    -> VerifyDifference?
  {
    precondition(
      recording.tensors == reference.tensors && recording.steps.count == reference.steps.count,
      "the same training is compared")
    for (index, (own, other)) in zip(recording.steps, reference.steps).enumerated() {
      let tensors = own.hashes.indices.filter { own.hashes[$0] != other.hashes[$0] }
      let metrics = own.metrics.indices.filter {
        own.metrics[$0].bitPattern != other.metrics[$0].bitPattern
      }
      var difference = VerifyDifference(
        step: index + 1, name: "", own: "", other: "", tensors: tensors.count, metrics: metrics.count)
      if let tensor = tensors.first {
        difference.name = recording.tensors[tensor]
        difference.own = hash(own.hashes[tensor])
        difference.other = hash(other.hashes[tensor])
        return difference
      }
      if let metric = metrics.first {
        difference.name = VerifyRecording.metrics[metric]
        difference.own = "\(own.metrics[metric])"
        difference.other = "\(other.metrics[metric])"
        return difference
      }
    }
    return nil
  }

  private static func hash(_ value: UInt64) -> String {
    "0x" + String(repeating: "0", count: max(0, value.leadingZeroBitCount / 4 - (value == 0 ? 1 : 0)))
      + String(value, radix: 16)
  }

  /// A phrase such as `after step 3 in generator.main.0.weight (hash 0x12 against 0x34); 5 of 60 tensors and
  /// 2 of 10 metrics differ then`.
  /// - Parameter total: how many tensors were compared.
  func words(_ total: Int) -> String {
    let what = tensors > 0 ? "hash \(own) against \(other)" : "\(own) against \(other)"
    return "after step \(step) in \(name) (\(what)); \(tensors) of \(total) tensors and \(metrics) of "
      + "\(VerifyRecording.metrics.count) metrics differ then"
  }
}
