import Cluster
import Communication
import Tensors
import TestRanks
import Testing

@Suite("Clocks of ranks")
struct ClockTests {
  @Test("An offset is found to within its own bound, whatever the clocks show", arguments: [2, 3])
  func offsets(ranks: Int) throws {
    let shifts: [Int64] = [0, 7_000_000_000, -3_000_000_000]
    let all = try ThreadCommunicator.run(ranks: ranks) { communicator in
      let shift = shifts[communicator.rank]
      return try ClockReading.take(on: communicator) { UInt64(Int64(Timeline.now) + shift) }
    }
    #expect(all[0].count == ranks && all[1].isEmpty)
    for (rank, reading) in all[0].enumerated() {
      let found = Int64(reading.own) - Int64(reading.root)
      #expect(abs(found - shifts[rank]) <= Int64(reading.uncertainty))
    }
  }

  @Test("Between two readings clocks drift evenly, outside the nearer one holds")
  func drift() {
    // This clock begins 100 ahead and loses 40 in 1000.
    let first = ClockReading(own: 1_100, root: 1_000, uncertainty: 1)
    let last = ClockReading(own: 2_060, root: 2_000, uncertainty: 1)
    let correction = ClockCorrection(first: first, last: last)
    #expect(correction.rootTime(1_100) == 1_000 && correction.rootTime(2_060) == 2_000)
    #expect(correction.rootTime(1_580) == 1_500)
    #expect(correction.rootTime(600) == 500 && correction.rootTime(3_060) == 3_000)
    let once = ClockCorrection(first: first, last: first)
    #expect(once.rootTime(5_100) == 5_000 && once.rootTime(40) == 0)
  }
}
