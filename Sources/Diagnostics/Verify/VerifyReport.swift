import Cluster
import Configuration
import Foundation
import Layers
import Wording

/// What `verify` found.
package struct VerifyReport: Sendable {
  /// How one variant ended.
  struct Outcome: Sendable {
    var variant: VerifyVariant
    var seconds: Double
    var difference: VerifyDifference?

    /// Whether it differs where it must not.
    var isFailure: Bool { difference != nil && variant.caveat == nil }
  }

  let request: VerifyRequest
  let program: ProgramRecord
  let precision: ProductPrecision
  /// How many tensors were compared after each step.
  var tensors = 0
  var outcomes: [Outcome] = []

  /// Whether all variants agree that must agree.
  package var isEqual: Bool { !outcomes.contains(where: \.isFailure) }

  /// A line for a person, said before training, about what is trained.
  var title: String {
    let options = request.options
    let pictures = request.isSynthetic ? "synthetic pictures" : options.data
    return
      "\(options.architecture.name) \(options.architecture.picture), global batch \(options.batchSize) in "
      + "\(counted(options.slices, "slice")), \(counted(request.steps, "step")) on \(pictures), "
      + "batch norm \(options.batchNorm.rawValue), gradients sent as \(options.wire.rawValue), products in \(precision.rawValue), OpenBLAS core "
      + "\(program.blasCore), own kernels \(program.instructionSet)"
  }

  /// One variant's line for a person.
  func line(_ outcome: Outcome) -> String {
    let time = String(format: "%.1f s", outcome.seconds)
    guard let place = outcome.variant.comparedWith else { return "\(outcome.variant.name): \(time)" }
    let other = request.variants[place].name
    guard let difference = outcome.difference else {
      return "\(outcome.variant.name): \(time), equal to \(other)"
    }
    let judgement = outcome.isFailure ? "DIFFERS from" : "differs, as it may, from"
    return "\(outcome.variant.name): \(time), \(judgement) \(other) \(difference.words(tensors))"
  }

  /// The result in a sentence: what was compared, or the first difference where none is allowed.
  package var conclusion: String {
    if let failed = outcomes.first(where: \.isFailure), let difference = failed.difference,
      let place = failed.variant.comparedWith
    {
      return "\(failed.variant.name) and \(request.variants[place].name) differ \(difference.words(tensors))"
    }
    let free = outcomes.filter { $0.variant.caveat != nil }.map { outcome in
      outcome.variant.name + (outcome.difference == nil ? " (equal too)" : " (differs)")
    }
    let left = free.isEmpty ? "" : "not promised: \(listed(free, with: "and"))"
    guard !promised.isEmpty else { return "nothing that is promised was compared; \(left)" }
    return
      "equal to the bit after each of \(counted(request.steps, "step")), \(tensors) tensors (weights, "
      + "optimizer state, running averages) and \(VerifyRecording.metrics.count) metrics (losses, D's opinions, gradient "
      + "norms): \(promised.map { listed($0, with: "and") }.joined(separator: "; "))"
      + (left.isEmpty ? "" : "; \(left)")
  }

  /// The names of variants in groups of two or more whose members must be equal.
  private var promised: [[String]] {
    var groups: [[String]] = []
    var places: [Int] = []
    for variant in outcomes.map(\.variant) {
      if let other = variant.comparedWith, variant.caveat == nil {
        places.append(places[other])
      } else {
        places.append(groups.count)
        groups.append([])
      }
      groups[places[places.count - 1]].append(variant.name)
    }
    return groups.filter { $0.count > 1 }
  }
}

extension VerifyReport {
  /// The one object that `--json` prints.
  package var json: String {
    let options = request.options
    let members: [(String, ConfigurationValue)] = [
      ("equal", .bool(isEqual)), ("preset", .string(options.architecture.name)),
      ("batch_size", .integer(options.batchSize)), ("slices", .integer(options.slices)),
      ("steps", .integer(request.steps)), ("tensors", .integer(tensors)),
      ("metrics", .array(VerifyRecording.metrics.map(ConfigurationValue.string))),
      ("data", .string(request.isSynthetic ? "synthetic" : options.data)),
      ("bn", .string(options.batchNorm.rawValue)), ("wire", .string(options.wire.rawValue)),
      ("precision", .string(precision.rawValue)), ("blas_core", .string(program.blasCore)),
      ("isa", .string(program.instructionSet)), ("variants", .array(outcomes.map(value))),
    ]
    return ConfigurationValue.object(members.map { .init($0, $1) }).json()
  }

  private func value(_ outcome: Outcome) -> ConfigurationValue {
    let variant = outcome.variant
    let members: [(String, ConfigurationValue)] = [
      ("name", .string(variant.name)), ("ranks", .integer(variant.ranks)),
      ("threads", variant.threads.map(ConfigurationValue.integer) ?? .null),
      ("bucket_mb", .real(variant.bucketMegabytes)), ("overlap", .bool(variant.overlap)),
      ("reduction", .string(variant.mode.rawValue)), ("seconds", .measured(outcome.seconds)),
      ("compared_with", variant.comparedWith.map { .string(request.variants[$0].name) } ?? .null),
      ("promised", variant.comparedWith.map { _ in .bool(variant.caveat == nil) } ?? .null),
      ("equal", variant.comparedWith.map { _ in .bool(outcome.difference == nil) } ?? .null),
      ("difference", outcome.difference.map(value) ?? .null),
    ]
    return .object(members.map { .init($0, $1) })
  }

  private func value(_ difference: VerifyDifference) -> ConfigurationValue {
    let members: [(String, ConfigurationValue)] = [
      ("step", .integer(difference.step)), ("name", .string(difference.name)),
      ("own", .string(difference.own)), ("other", .string(difference.other)),
      ("tensors", .integer(difference.tensors)), ("metrics", .integer(difference.metrics)),
    ]
    return .object(members.map { .init($0, $1) })
  }
}
