import Models
import Networks
import Tensors
import TestNetworks
import Testing
import Training

/// What is joined to z, and the labels that are drawn: each a function of its stream, in the place that it has.
@Suite struct ConditionDrawTests {
  private static let layout = GeneratorInputLayout(SmallPairs.classifying)

  private func stream(_ sample: Int, _ purpose: RandomPurpose = .wrongLabel) -> RandomStream {
    RandomStream(seed: 3, purpose: purpose, sample: sample)
  }

  /// z of 6, codes of 3 and 2 values, two numbers, then hair of 3 and eyes of 2.
  @Test func places() throws {
    try BLAS.open()
    let pool = ThreadPool(threads: 1)
    let network = Network(try SmallPairs.classifying.summary(of: .generator), pool: pool)
    network.prepare(samples: 1, slices: 1)
    let sampler = Sampler(network, of: SmallPairs.classifying, .uniform, seed: 1, room: 1, pool: pool)
    let row = sampler.inputs([
      .generated(seed: 4, codes: [2, 0, -0.5, nil], classes: [1, 0])
    ])
    #expect(row.count == 6 + 7 + 5 && row.count == SmallPairs.classifying.generatorInput)
    #expect(row[6..<12] == [0, 0, 1, 1, 0, -0.5] && abs(row[12]) <= 1)
    #expect(row[13..<18] == [0, 1, 0, 1, 0])
    // What is left open the seed decides, and what is asked for changes nothing else.
    let open = sampler.inputs([.generated(seed: 4)])
    #expect(open[..<6] == row[..<6] && open[12] == row[12])
    #expect(open[6..<9].sorted() == [0, 0, 1] && open[9..<11].sorted() == [0, 1])
    #expect(open[13..<16].sorted() == [0, 0, 1] && open[16..<18].sorted() == [0, 1])
    let half = sampler.inputs([.generated(seed: 4, classes: [1, nil])])
    #expect(half[13..<16] == [0, 1, 0] && half[16...] == open[16...] && half[..<13] == open[..<13])
    // Over seeds all classes and values come up.
    let many = sampler.inputs((0..<200).map { .generated(seed: $0) })
    for place in Array(6..<11) + Array(13..<18) {
      let ones = (0..<200).filter { many[$0 * 18 + place] == 1 }.count
      #expect(ones > 35 && ones < 130, "place \(place): \(ones)")
    }
  }

  /// Codes cover their values evenly, and numbers [-1, 1).
  @Test func codes() {
    let count = 6_000
    var sums = [Float](repeating: 0, count: 7)
    var (least, most): (Float, Float) = (1, -1)
    for sample in 0..<count {
      var row = [Float](repeating: .nan, count: 18)
      Self.layout.drawCodes(&row, stream(sample, .code))
      #expect(row[6..<9].reduce(0, +) == 1 && row[9..<11].reduce(0, +) == 1)
      #expect(row[..<6].allSatisfy(\.isNaN) && row[13...].allSatisfy(\.isNaN))
      for k in 0..<7 { sums[k] += row[6 + k] }
      least = min(least, row[11], row[12])
      most = max(most, row[11], row[12])
    }
    // A share of 1/3 of 6,000 has a deviation of 37, of 1/2 of 39; a sum of U[-1, 1) of 45.
    for k in 0..<3 { #expect(abs(sums[k] - 2_000) < 200) }
    for k in 3..<5 { #expect(abs(sums[k] - 3_000) < 200) }
    for k in 5..<7 { #expect(abs(sums[k]) < 200) }
    #expect(least >= -1 && least < -0.99 && most < 1 && most > 0.99)
  }

  /// Never the one that is left out, all others evenly, where there are others.
  @Test(arguments: [nil, 0, 1, 2] as [Int32?]) func classes(_ other: Int32?) {
    let count = 6_000
    var found = [0, 0, 0]
    for sample in 0..<count {
      found[Int(Self.layout.drawClass(0, stream(sample), otherThan: other))] += 1
    }
    let share = Double(count) / (other == nil ? 3 : 2)
    for (index, times) in found.enumerated() {
      let wanted = other.map { Int($0) == index } == true ? 0 : share
      #expect(abs(Double(times) - wanted) <= (wanted == 0 ? 0 : 200), "class \(index): \(times)")
    }
  }

  /// Of two there is one other, of one none.
  @Test func smallGroups() {
    for sample in 0..<50 {
      #expect(Self.layout.drawClass(1, stream(sample), otherThan: 0) == 1)
      #expect(Self.layout.drawClass(1, stream(sample), otherThan: 1) == 0)
    }
    var pair = SmallPairs.conditional
    pair.conditions = Conditions(groups: [LabelGroup(name: "all", classes: ["one"])])
    #expect(GeneratorInputLayout(pair).drawClass(0, stream(7), otherThan: 0) == 0)
  }

  /// Wrong labels are wrong in every group that has another class, and the sample's own wherever it is computed.
  @Test func wrongLabels() {
    let classes = (0..<64).flatMap { (sample: Int32) in [sample % 3, sample / 3 % 2] }
    func rows(_ samples: Range<Int>, step: Int = 2, look: Int = 2) -> [[Float]] {
      let labels = RealConditions(SmallPairs.conditional, capacity: samples.count, seed: 3)
      let own = Array(classes[2 * samples.lowerBound..<2 * samples.upperBound])
      return own.withUnsafeBufferPointer { own in
        labels.take(own.baseAddress, count: samples.count)
        let wrong = labels.wrongRows(step: step, look: look, first: samples.lowerBound, count: samples.count)
        return samples.indices.map { sample in
          let row = sample - samples.lowerBound
          let right = labels.rows.map { rows in (0..<5).map { rows[row][$0] } } ?? []
          let found = (0..<5).map { wrong[row][$0] }
          #expect(right[..<3].reduce(0, +) == 1 && right[Int(own[2 * row])] == 1)
          #expect(right[3...].reduce(0, +) == 1 && right[3 + Int(own[2 * row + 1])] == 1)
          #expect(found[..<3].reduce(0, +) == 1 && found[3...].reduce(0, +) == 1)
          #expect(zip(right, found).allSatisfy { $0 == 0 || $1 == 0 }, "sample \(sample)")
          return found
        }
      }
    }
    let all = rows(0..<64)
    #expect(rows(20..<31) == Array(all[20..<31]))
    #expect(rows(0..<64, step: 3) != all && rows(0..<64, look: 5) != all)
  }
}
