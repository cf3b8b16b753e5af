import Layers

/// The sums over the samples of a step: losses and D's opinions, kept for each slice and added up in one
/// fixed order (Note [Slice order]).
///
/// They are reduced once, at the end of the step, together with the requests to stop.
struct StepSums {
  /// The places of the sums in a slice's row.
  enum Field: Int, CaseIterable {
    case lossReal, lossFake, lossGenerator, realOpinion, fakeOpinionBefore, fakeOpinionAfter
    /// How many samples each of the three kinds of evaluation covered. Several updates in a step then give
    /// their mean.
    case realSamples, fakeSamples, generatorSamples
    /// The losses of D's heads, and over how many samples.
    case codeLoss, codeSamples, classLoss, classSamples
    /// How many ranks ask all ranks to stop after this step, for each reason.
    case timeRequests, requeueRequests, interruptRequests, failureRequests, folderRequests
    /// How many ranks ask for a checkpoint after this step.
    case checkpointRequests

    /// Whether the field counts requests, which belong to one step.
    var isRequest: Bool {
      self == .checkpointRequests || StopReason.allCases.contains { self == .requests($0) }
    }

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

  /// Clears all sums and makes room for `slices` slices.
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

/// The reduced sums of a step, or of several steps together: then a mean is that over all their samples.
package struct StepTotals: Equatable, Sendable {
  fileprivate var values: [Double]

  private subscript(field: StepSums.Field) -> Double { values[field.rawValue] }

  private func mean(_ field: StepSums.Field, _ count: StepSums.Field) -> Double {
    self[count] > 0 ? self[field] / self[count] : 0
  }

  /// D's mean loss over real pictures, in its updates; 0 where there were none.
  package var lossReal: Double { mean(.lossReal, .realSamples) }
  /// D's mean loss over fakes, real pictures with wrong labels included, in its updates; 0 where there were
  /// none.
  package var lossFake: Double { mean(.lossFake, .fakeSamples) }
  /// G's mean loss, in its updates; 0 where there were none.
  package var lossGenerator: Double { mean(.lossGenerator, .generatorSamples) }
  /// The mean of sigmoid(D(x)) over real pictures.
  package var realOpinion: Double { mean(.realOpinion, .realSamples) }
  /// The mean of sigmoid(D(G(z))) in D's updates.
  package var fakeOpinionBefore: Double { mean(.fakeOpinionBefore, .fakeSamples) }
  /// The mean of sigmoid(D(G(z))) in G's updates.
  package var fakeOpinionAfter: Double { mean(.fakeOpinionAfter, .generatorSamples) }
  /// Q's mean loss, -log Q(c | x) without its constant; nil where there is no Q.
  package var codeLoss: Double? { self[.codeSamples] > 0 ? mean(.codeLoss, .codeSamples) : nil }
  /// The classifier's mean loss, -log P(class), over the real and generated pictures that it evaluated; nil
  /// where there is none.
  package var classLoss: Double? { self[.classSamples] > 0 ? mean(.classLoss, .classSamples) : nil }
  /// Why all ranks stop after this step: the strongest reason that any rank has; nil: none asks.
  package var stopRequested: StopReason? {
    StopReason.allCases.first { self[.requests($0)] > 0 }
  }
  /// Whether a checkpoint is written after this step, as a rank asks for it.
  package var checkpointRequested: Bool { self[.checkpointRequests] > 0 }
  /// Whether all losses are finite.
  package var isFinite: Bool {
    [lossReal, lossFake, lossGenerator, codeLoss ?? 0, classLoss ?? 0].allSatisfy(\.isFinite)
  }
}

extension StepTotals {
  /// The totals of no step.
  package static let zero = StepTotals(values: Array(repeating: 0, count: StepSums.Field.allCases.count))

  /// Adds another step's totals.
  package static func += (totals: inout StepTotals, step: StepTotals) {
    for place in totals.values.indices { totals.values[place] += step.values[place] }
  }

  /// All sums but requests by their names, for a file. They come back to the bit.
  package var numbers: [String: Double] {
    Dictionary(
      uniqueKeysWithValues: StepSums.Field.allCases.filter { !$0.isRequest }.map { ("\($0)", self[$0]) })
  }

  /// Totals from `numbers`; a sum that is not there is 0.
  package init(numbers: [String: Double]) {
    values = StepSums.Field.allCases.map { numbers["\($0)"] ?? 0 }
  }
}
