import Layers

/// What is summed over the samples of a step: losses and D's opinions, kept a slice and added up in the one
/// order.
///
/// The slices' sums are reduced once, at the end of the step, together with what all ranks have to agree on.
struct StepSums {
  /// The places in a slice's row.
  enum Field: Int, CaseIterable {
    case lossReal, lossFake, lossGenerator, realOpinion, fakeOpinionBefore, fakeOpinionAfter
    /// How many samples the three kinds of evaluation covered, so that several updates in a step give their
    /// mean.
    case realSamples, fakeSamples, generatorSamples
    /// What D's heads lost, and over how many samples.
    case codeLoss, codeSamples, classLoss, classSamples
    /// How many ranks ask all to stop after this step, for each reason.
    case timeRequests, requeueRequests, interruptRequests, failureRequests, folderRequests

    /// Where requests for `reason` are counted.
    static func requests(_ reason: StopReason) -> Field {
      switch reason {
      case .timeIsUp: .timeRequests
      case .requeue: .requeueRequests
      case .interrupt: .interruptRequests
      case .failure: .failureRequests
      case .folderGone: .folderRequests
      }
    }
  }

  private(set) var rows: [Double] = []
  private let width = Field.allCases.count

  /// Forgets all and makes room for `slices` slices.
  mutating func clear(slices: Int) {
    if rows.count != slices * width { rows = Array(repeating: 0, count: slices * width) }
    for i in rows.indices { rows[i] = 0 }
  }

  /// Adds to a slice's field.
  mutating func add(_ value: Double, to field: Field, slice: Int) {
    rows[slice * width + field.rawValue] += value
  }

  /// The totals over the slices of all ranks. Collective.
  mutating func reduce(slices: Int, _ sums: any GlobalSums) throws -> StepTotals {
    var totals = Array(repeating: 0.0, count: width)
    try rows.withUnsafeMutableBufferPointer { rows in
      try totals.withUnsafeMutableBufferPointer { totals in
        try sums.sum(rows.baseAddress!, slices: slices, count: width, into: totals.baseAddress!)
      }
    }
    return StepTotals(values: totals)
  }
}

/// The reduced sums of a step.
package struct StepTotals {
  fileprivate let values: [Double]

  private subscript(field: StepSums.Field) -> Double { values[field.rawValue] }

  private func mean(_ field: StepSums.Field, _ count: StepSums.Field) -> Double {
    self[count] > 0 ? self[field] / self[count] : 0
  }

  package var lossReal: Double { mean(.lossReal, .realSamples) }
  package var lossFake: Double { mean(.lossFake, .fakeSamples) }
  package var lossGenerator: Double { mean(.lossGenerator, .generatorSamples) }
  package var realOpinion: Double { mean(.realOpinion, .realSamples) }
  package var fakeOpinionBefore: Double { mean(.fakeOpinionBefore, .fakeSamples) }
  package var fakeOpinionAfter: Double { mean(.fakeOpinionAfter, .generatorSamples) }
  /// How badly Q finds the codes, -log Q(c | x) without its constant; nil where there is no Q.
  package var codeLoss: Double? { self[.codeSamples] > 0 ? mean(.codeLoss, .codeSamples) : nil }
  /// How badly D tells classes, -log P(class), over its looks at reals and fakes; nil where it does not.
  package var classLoss: Double? { self[.classSamples] > 0 ? mean(.classLoss, .classSamples) : nil }
  /// Why all stop after this step: the strongest reason that any rank has; nil: nobody asked.
  package var stopRequested: StopReason? {
    StopReason.allCases.first { self[.requests($0)] > 0 }
  }
  package var isFinite: Bool {
    [lossReal, lossFake, lossGenerator, codeLoss ?? 0, classLoss ?? 0].allSatisfy(\.isFinite)
  }
}
