import Foundation
import Synchronization
import Tensors
import Testing

/// Counters that threads add to.
private final class Tally: Sendable {
  private let counts: Mutex<[Int]>
  init(_ count: Int) { counts = Mutex(Array(repeating: 0, count: count)) }
  func add(_ index: Int) { counts.withLock { $0[index] += 1 } }
  func enter(_ index: Int) -> Int {
    counts.withLock { counts in
      counts[index] += 1
      return counts[index]
    }
  }
  func leave(_ index: Int) { counts.withLock { $0[index] -= 1 } }
  var all: [Int] { counts.withLock { $0 } }
}

@Suite struct ThreadPoolTests {
  @Test(arguments: 1...5) func eachItemOnce(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    #expect(pool.threads == threads)
    for count in [0, 1, 2, 3, threads, 7, 64, 1001] {
      let items = Tally(count)
      let workers = Tally(threads)
      let overlaps = Tally(1)
      pool.run(count) { item, worker in
        // Two calls at a time never have the same worker.
        if workers.enter(worker) > 1 { overlaps.add(0) }
        items.add(item)
        workers.leave(worker)
      }
      #expect(items.all.allSatisfy { $0 == 1 })
      #expect(overlaps.all == [0])
    }
  }

  @Test(arguments: 1...5) func chunksCoverAllOnce(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    for (count, chunk) in [(0, 4), (1, 4), (4, 4), (5, 4), (1000, 7), (3, 100)] {
      let items = Tally(count)
      pool.runChunks(count, chunk: chunk) { range in
        for item in range { items.add(item) }
        #expect(range.lowerBound % chunk == 0 && range.count <= chunk)
      }
      #expect(items.all.allSatisfy { $0 == 1 })
    }
  }

  /// Jobs follow each other faster than workers fall asleep and slower: none is lost either way, and what a
  /// job wrote is seen after it.
  @Test(arguments: [2, 3, 5]) func manySmallJobs(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    let results = FloatBuffer(count: 64)
    var wrong = 0
    for job in 0..<3000 {
      if job % 500 == 0 { usleep(2000) }
      let value = Float(job)
      let count = 1 + job % 9
      pool.run(count) { item, _ in results.data[item * 7] = value }
      for item in 0..<count where results.data[item * 7] != value { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func poolsComeAndGo() {
    for round in 0..<60 {
      let pool = ThreadPool(threads: 1 + round % 4)
      let items = Tally(3)
      if round % 3 > 0 { pool.run(3) { item, _ in items.add(item) } }
      #expect(items.all.reduce(0, +) == (round % 3 > 0 ? 3 : 0))
    }
  }

  @Test func scratchIsEachWorkersOwn() {
    let pool = ThreadPool(threads: 3)
    pool.reserveScratch(floats: 100)
    pool.reserveScratch(floats: 50)
    pool.reserveScratch(floats: 200)
    let starts = (0..<3).map { pool.scratch($0) }
    #expect(Set(starts).count == 3)
    #expect(starts.allSatisfy { Int(bitPattern: $0) % 64 == 0 })
    for (worker, start) in starts.enumerated() { start.update(repeating: Float(worker), count: 200) }
    #expect(
      starts.enumerated().allSatisfy { worker, start in (0..<200).allSatisfy { start[$0] == Float(worker) } })
  }
}
