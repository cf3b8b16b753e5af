import Networks

/// How sums over the ranks are taken.
public enum ReductionKind: String, Codable, CaseIterable, Sendable {
  /// In one balanced tree over the slices of the global batch: the same bits on any number of ranks that fits.
  case ordered
  /// In whatever order the message layer takes.
  case fast
}

/// Whose pictures batch norm takes its moments from.
public enum BatchNormScope: String, Codable, CaseIterable, Sendable {
  /// The global batch's.
  case sync
  /// Each rank's own.
  case local
}

/// Into how many slices a run cuts its global batch, and how their sums are taken on this many ranks.
///
/// Note [Number of slices]
/// ~~~~~~~~~~~~~~~~~~~~~~~
/// S belongs to the run: it is recorded and stays on a resume, as another S means other bits. By default it is
/// the largest power of two up to 8 that divides the batch and leaves at least 8 pictures a slice; where the
/// ranks are a power of two above that, it is their number. Rank counts that are powers of two up to S own whole
/// slices and take the ordered sums; any other count cuts the batch once a rank and adds in no promised order.
public struct SlicePlan: Equatable, Sendable {
  /// How sums are taken on this number of ranks.
  public let reduction: ReductionKind
  /// The slices of the global batch on this number of ranks.
  public let slices: Int
  /// What a person should know about it; nil where all is as promised.
  public let note: String?

  /// The number of slices that a new run takes if nobody asks for one.
  public static func defaultSlices(batchSize: Int, ranks: Int) -> Int {
    let own = [8, 4, 2].first { batchSize % $0 == 0 && batchSize / $0 >= 8 } ?? 1
    return ranks.nonzeroBitCount == 1 && ranks > own && ranks <= batchSize ? ranks : own
  }

  /// The plan for a run of `slices` slices on `ranks` ranks.
  public init(batchSize: Int, slices: Int, reduction: ReductionKind, ranks: Int) {
    guard ranks.nonzeroBitCount == 1, ranks <= slices else {
      self.reduction = .fast
      self.slices = ranks
      note =
        "\(ranks) ranks do not own whole slices of \(slices), so the fast reduction is used: the weights are not the "
        + "same to the bit as on another number of ranks (\(Self.fitting(slices)) would do)"
      return
    }
    self.reduction = reduction
    self.slices = slices
    let own = Self.defaultSlices(batchSize: batchSize, ranks: 1)
    if reduction == .fast {
      note =
        ranks > 1
        ? "the fast reduction was asked for: the weights are not the same to the bit as on another number of ranks"
        : nil
    } else if slices == ranks, slices > own {
      note =
        "the batch is cut into \(slices) slices, one a rank; --slices \(slices) gives 1 rank the same bits"
    } else {
      note = nil
    }
  }

  /// The rank counts that own whole slices, in words.
  static func fitting(_ slices: Int) -> String {
    let counts = (0...slices.trailingZeroBitCount).map { String(1 << $0) }
    return listed(counts, with: "or") + (slices == 1 ? " rank" : " ranks")
  }
}
