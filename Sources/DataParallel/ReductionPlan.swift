import Wording

/// How sums over the ranks are taken.
package enum ReductionMode: String, Codable, CaseIterable, Sendable {
  /// In one fixed order (Note [Slice order]): the same bits on every number of ranks that fits.
  case ordered
  /// By MPI's own all-reduce, on any number of ranks. All ranks get the same bits, but a different number
  /// of ranks gets different bits.
  case fast
}

/// The reduction mode and the number of slices that follow from `--reduction`, `--slices`, the batch and
/// the ranks.
package struct ReductionPlan: Equatable, Sendable {
  /// How sums are taken.
  package let mode: ReductionMode
  /// S as this run cuts its batches: a multiple of the ranks.
  package let slices: Int
  /// S as `options.json` keeps it for a resume: a power of two, even where the number of this run's ranks
  /// does not fit it.
  package let recordedSlices: Int
  /// A sentence for the log where the plan is not what a person would expect; else nil.
  package let notice: String?

  /// Decides on mode and slices.
  package static func resolve(
    batch: Int, ranks: Int, reduction: ReductionMode? = nil, slices: Int? = nil, recordedSlices: Int? = nil
  ) throws -> ReductionPlan {
    guard batch >= 1 else {
      throw ReductionError("A global batch of \(batch) has no pictures; --batch-size has to be at least 1.")
    }
    guard ranks <= batch else {
      throw ReductionError(
        "A global batch of \(batch) cannot be shared by \(ranks) ranks, as each needs a picture or more; "
          + "start at most \(counted(batch, "rank")), or ask for --batch-size \(ranks) or more.")
    }
    if let slices { try check(slices: slices, batch: batch) }

    let own = SliceLayout.defaultSlices(batch: batch, ranks: 1)
    let wanted = slices ?? recordedSlices ?? SliceLayout.defaultSlices(batch: batch, ranks: ranks)
    if ranks.isPowerOfTwo && ranks <= wanted {
      return ReductionPlan(
        mode: reduction ?? .ordered, slices: wanted, recordedSlices: wanted,
        notice: notice(
          fitting: wanted, ranks: ranks, mode: reduction ?? .ordered,
          raised: slices == nil && recordedSlices == nil && wanted > own ? own : nil))
    }

    let reason =
      ranks.isPowerOfTwo
      ? "\(counted(ranks, "rank")) are more than the \(counted(wanted, "slice")) of this run's batch"
      : "\(ranks) is no power of two"
    if reduction == .ordered || slices != nil {
      // Without --slices a new run takes as many slices as ranks, so more counts fit.
      let most = slices ?? recordedSlices ?? batch
      let requests = [
        reduction == .ordered ? "--reduction ordered" : nil, slices.map { "--slices \($0)" },
      ].compactMap { $0 }
      throw ReductionError(
        "\(requests.joined(separator: " with ")) cannot be kept on \(counted(ranks, "rank")), as \(reason); "
          + "start \(fitting(most)) rank\(most == 1 ? "" : "s"), or leave "
          + "\(requests.count == 1 ? "it" : "both") out and sums are taken by --reduction fast.")
    }
    return ReductionPlan(
      mode: .fast, slices: ranks, recordedSlices: wanted,
      notice: "As \(reason), sums are taken by --reduction fast, one slice a rank; \(notPromised)")
  }

  /// How this rank's part of a batch is cut.
  package func layout(batch: Int, ranks: Int, rank: Int) -> SliceLayout {
    SliceLayout(batch: batch, slices: slices, ranks: ranks, rank: rank)
  }

  private static let notPromised =
    "what is not promised then: the same weights, to the bit, as on another number of ranks."

  private static func check(slices: Int, batch: Int) throws {
    guard slices.isPowerOfTwo, slices <= batch else {
      let reason =
        slices.isPowerOfTwo
        ? "there are only \(counted(batch, "picture")) in the global batch" : "it is no power of two"
      throw ReductionError(
        "--slices \(slices) cannot be used, as \(reason); take \(fitting(batch)).")
    }
  }

  private static func notice(fitting slices: Int, ranks: Int, mode: ReductionMode, raised own: Int?)
    -> String?
  {
    if mode == .fast { return ranks == 1 ? nil : "Sums are taken by --reduction fast; \(notPromised)" }
    guard let own else { return nil }
    return
      "\(counted(ranks, "rank")) are more than the \(counted(own, "slice")) that this batch has by default, "
      + "so it is cut into \(slices); --slices \(slices) gives one rank the same bits."
  }

  /// The powers of two up to `most`, as words.
  private static func fitting(_ most: Int) -> String {
    listed(sequence(first: 1) { $0 * 2 <= most ? $0 * 2 : nil }.map(String.init), with: "or")
  }
}

/// A number of ranks, slices or pictures that cannot go together.
package struct ReductionError: Error, CustomStringConvertible, Sendable {
  /// One sentence that names the counts that fit.
  package let description: String

  init(_ description: String) { self.description = description }
}
