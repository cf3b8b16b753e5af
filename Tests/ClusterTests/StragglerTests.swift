import Cluster
import Testing

@Suite("Stragglers")
struct StragglerTests {
  @Test("A rank that stays 20% over the median is named once, until it has caught up")
  func rule() {
    var watch = StragglerWatch()
    let slow = [1, 1, 1.3, 1]
    #expect(watch.observe(slow, steps: 10).isEmpty)
    #expect(watch.observe(slow, steps: 10).isEmpty)
    #expect(watch.observe(slow, steps: 10) == [.slow(rank: 2, seconds: 1.3, median: 1)])
    #expect(watch.observe(slow, steps: 10).isEmpty)
    #expect(watch.observe([1, 1, 1.1, 1], steps: 10) == [.caughtUp(rank: 2, seconds: 1.1, median: 1)])
    #expect(watch.observe([1, 1, 1.1, 1], steps: 10).isEmpty)
    // And it may fall behind again, which is told once it has lasted twice as long, then four times.
    for needed in [6, 12] {
      for _ in 1..<needed { #expect(watch.observe(slow, steps: 10).isEmpty) }
      #expect(watch.observe(slow, steps: 10).count == 1)
      #expect(watch.observe([1, 1, 1, 1], steps: 10).count == 1)
    }
  }

  @Test(
    "Single steps that one rank or the other takes longer for are no straggler, however often they are logged"
  )
  func shortLines() {
    var wavering = StragglerWatch()
    for step in 0..<10_000 {
      let times = step / 5 % 2 == 0 ? [0.06, 0.045] : [0.045, 0.06]
      #expect(wavering.observe(times, steps: 1).isEmpty)
    }
    var steady = StragglerWatch()
    var told: [Int] = []
    for step in 1...1_000 where !steady.observe([0.04, 0.06], steps: 1).isEmpty { told.append(step) }
    // Three intervals of five seconds, of steps of 60 ms.
    #expect(told == [252])
    var long = StragglerWatch()
    told = []
    for step in 1...100 where !long.observe([10, 20], steps: 1).isEmpty { told.append(step) }
    #expect(told == [30])
  }

  @Test("An interval in between begins anew, and the bound itself is not over it")
  func streaks() {
    var watch = StragglerWatch()
    for _ in 0..<5 {
      #expect(watch.observe([1, 1, 1.3], steps: 10).isEmpty)
      #expect(watch.observe([1, 1, 1.3], steps: 10).isEmpty)
      #expect(watch.observe([1, 1, 1], steps: 10).isEmpty)
    }
    for _ in 0..<5 { #expect(watch.observe([4, 4, 4 * (1 + StragglerWatch.excess)], steps: 10).isEmpty) }
  }

  @Test("One of two can straggle, one alone cannot, and several are told in their order")
  func counts() {
    var two = StragglerWatch()
    var alone = StragglerWatch()
    var many = StragglerWatch()
    for _ in 1..<StragglerWatch.intervals {
      _ = two.observe([2, 1], steps: 10)
      #expect(many.observe([3, 1, 1, 1, 2], steps: 10).isEmpty)
      #expect(alone.observe([5], steps: 10).isEmpty && alone.observe([], steps: 10).isEmpty)
    }
    #expect(two.observe([2, 1], steps: 10) == [.slow(rank: 0, seconds: 2, median: 1)])
    #expect(
      many.observe([3, 1, 1, 1, 2], steps: 10) == [
        .slow(rank: 0, seconds: 3, median: 1), .slow(rank: 4, seconds: 2, median: 1),
      ])
  }

  @Test("The sentence names rank, host, its time and the median")
  func sentence() {
    let notice = StragglerWatch.Notice.slow(rank: 1, seconds: 0.3, median: 0.2)
    let apart = notice.sentence(hosts: ["a", "b"])
    #expect(
      apart.hasPrefix(
        "rank 1 on b computes 300 ms of a step where the median over ranks is 200 ms, and all ranks wait for it: "
      ))
    #expect(notice.sentence(hosts: ["b", "b"]).contains("(its host also has rank 0)"))
    let after = StragglerWatch.Notice.caughtUp(rank: 1, seconds: 0.2, median: 0.2)
    #expect(after.sentence(hosts: ["a", "b"]).hasPrefix("rank 1 on b is no longer slower than the others"))
  }
}
