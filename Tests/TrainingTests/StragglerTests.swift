import Testing
import Training

@Suite("Stragglers")
struct StragglerTests {
  @Test("A rank that stays 20% over the median is named once, until it has caught up")
  func rule() {
    var watch = StragglerWatch()
    let slow = [1, 1, 1.3, 1]
    #expect(watch.observe(slow).isEmpty)
    #expect(watch.observe(slow).isEmpty)
    #expect(watch.observe(slow) == [.slow(rank: 2, seconds: 1.3, median: 1)])
    #expect(watch.observe(slow).isEmpty)
    #expect(watch.observe([1, 1, 1.1, 1]) == [.caughtUp(rank: 2, seconds: 1.1, median: 1)])
    #expect(watch.observe([1, 1, 1.1, 1]).isEmpty)
    // And it may fall behind again.
    _ = watch.observe(slow)
    _ = watch.observe(slow)
    #expect(watch.observe(slow).count == 1)
  }

  @Test("An interval in between begins anew, and the bound itself is not over it")
  func streaks() {
    var watch = StragglerWatch()
    for _ in 0..<5 {
      #expect(watch.observe([1, 1, 1.3]).isEmpty)
      #expect(watch.observe([1, 1, 1.3]).isEmpty)
      #expect(watch.observe([1, 1, 1]).isEmpty)
    }
    for _ in 0..<5 { #expect(watch.observe([4, 4, 4 * (1 + StragglerWatch.excess)]).isEmpty) }
  }

  @Test("One of two can straggle, one alone cannot, and several are told in their order")
  func counts() {
    var two = StragglerWatch()
    var alone = StragglerWatch()
    var many = StragglerWatch()
    for _ in 1..<StragglerWatch.intervals {
      _ = two.observe([2, 1])
      #expect(many.observe([3, 1, 1, 1, 2]).isEmpty)
      #expect(alone.observe([5]).isEmpty && alone.observe([]).isEmpty)
    }
    #expect(two.observe([2, 1]) == [.slow(rank: 0, seconds: 2, median: 1)])
    #expect(
      many.observe([3, 1, 1, 1, 2]) == [
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
