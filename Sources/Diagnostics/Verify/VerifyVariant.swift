import Cluster
import DataParallel
import Options
import Wording

/// One way of computing the same training, which `verify` compares with another.
package struct VerifyVariant: Codable, Equatable, Sendable {
  /// The world size.
  package var ranks: Int
  /// Threads of a rank; nil: what it may use.
  package var threads: Int?
  /// What a bucket of gradients holds, in MB (2^20 bytes).
  package var bucketMegabytes: Double
  /// Whether gradients travel while the ranks compute.
  package var overlap: Bool
  /// How sums over ranks are taken.
  package var mode: ReductionMode
  /// The variant's name for a person: `4 ranks`, `4 ranks with --threads 2`.
  package var name: String
  /// The index, in the list of variants, of the variant that this one is compared with; nil: this is the
  /// first.
  package var comparedWith: Int?
  /// Why this variant may differ from that one; nil: it must not.
  package var caveat: String?
}

/// The values that `verify` tries of each option that must not change a bit.
struct VerifyLists {
  /// World sizes, none of them twice.
  var ranks: [Int]
  /// Threads of a rank; nil: what it may use.
  var threads: [Int?]
  /// Sizes of a bucket in MB.
  var bucketMegabytes: [Double]
  /// Whether gradients travel while the ranks compute.
  var overlap: [Bool]
}

extension VerifyVariant {
  /// The variants that are run: each number of ranks with the first value of each other list; then each other
  /// value, one at a time, on the largest number of ranks that fits the slices.
  ///
  /// Each number of ranks is compared with the first that fits the slices, which runs first. Another value is
  /// compared with the variant of as many ranks that has the first values.
  /// - Parameter options: the options of the training; all variants take its number of slices S.
  /// - Throws: `RunError` where the batch cannot be shared by so many ranks.
  static func list(_ lists: VerifyLists, _ options: RunOptions) throws -> [VerifyVariant] {
    let plans = try lists.ranks.map { ranks in
      do {
        return (ranks: ranks, plan: try options.reductionPlan(ranks: ranks))
      } catch let error as ReductionError {
        throw RunError(error.description, code: RunExit.usage)
      }
    }
    let fitting = plans.filter { $0.plan.mode == .ordered }.map(\.ranks)
    let first = fitting.first ?? lists.ranks[0]
    let largest = (fitting.isEmpty ? lists.ranks : fitting).max() ?? first
    let others = plans.filter { $0.ranks != first }

    var variants: [VerifyVariant] = []
    for (ranks, plan) in plans.filter({ $0.ranks == first }) + others {
      variants.append(
        VerifyVariant(
          ranks: ranks, threads: lists.threads[0], bucketMegabytes: lists.bucketMegabytes[0],
          overlap: lists.overlap[0], mode: plan.mode, name: counted(ranks, "rank"),
          comparedWith: ranks == first ? nil : 0,
          caveat: ranks == first
            ? nil : caveat(ofRanks: [plan, plans.first { $0.ranks == first }?.plan], options)))
    }
    guard let base = variants.firstIndex(where: { $0.ranks == largest }) else { return variants }
    func add(_ option: String, caveat: String?, _ change: (inout VerifyVariant) -> Void) {
      var variant = variants[base]
      variant.name += " with \(option)"
      variant.comparedWith = base
      variant.caveat = caveat
      change(&variant)
      variants.append(variant)
    }
    for threads in lists.threads.dropFirst() {
      add("--threads \(threads ?? 1)", caveat: nil) { $0.threads = threads }
    }
    for size in lists.bucketMegabytes.dropFirst() {
      add("--bucket-mb \(number(size))", caveat: caveat(ofBuckets: variants[base], options)) {
        $0.bucketMegabytes = size
      }
    }
    for overlap in lists.overlap.dropFirst() {
      add("--overlap \(overlap ? "on" : "off")", caveat: caveat(ofOverlap: variants[base])) {
        $0.overlap = overlap
      }
    }
    return variants
  }

  /// Why another number of ranks may give other bits.
  private static func caveat(ofRanks plans: [ReductionPlan?], _ options: RunOptions) -> String? {
    if options.batchNorm == .local {
      return
        "With --bn local each rank takes the moments of its own part; what is not promised then: the same weights "
        + "on another number of ranks."
    }
    let fast = plans.lazy.compactMap { $0 }.first { $0.mode == .fast }
    if let fast {
      return fast.notice
        ?? "Sums are taken by --reduction fast; what is not promised then: the same weights, to the bit, as on another "
        + "number of ranks."
    }
    guard options.wire == .bf16 else { return nil }
    return
      "With --wire bf16 gradients are rounded between ranks; what is not promised then: the same weights, to the "
      + "bit, as on another number of ranks."
  }

  /// Why another size of buckets may give other bits.
  private static func caveat(ofBuckets base: VerifyVariant, _ options: RunOptions) -> String? {
    if base.mode == .fast {
      return
        "MPI's own sums may depend on how long they are; what is not promised under --reduction fast: the same "
        + "weights, to the bit, with other buckets."
    }
    guard options.wire == .bf16 else { return nil }
    return
      "How often a gradient is rounded depends on the length of its message; what is not promised with --wire "
      + "bf16: the same weights, to the bit, with other buckets."
  }

  /// Why overlap may give other bits.
  private static func caveat(ofOverlap base: VerifyVariant) -> String? {
    guard base.mode == .fast else { return nil }
    return
      "MPI may add in another order what it adds in the background; what is not promised under --reduction fast: "
      + "the same weights, to the bit, with another --overlap."
  }

  static func number(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
