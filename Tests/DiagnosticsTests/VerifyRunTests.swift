import Cluster
import Communication
import Diagnostics
import TestOptions
import TestRanks
import Testing

/// `verify` itself, on ranks that are threads.
@Suite(.serialized) struct VerifyRunTests {
  private func request(_ change: (inout VerifyArguments) -> Void) throws -> VerifyRequest {
    var arguments = VerifyArguments()
    arguments.options.flags.size = 16
    arguments.options.flags.width = 4
    arguments.options.flags.threads = 1
    arguments.steps = 3
    change(&arguments)
    return try VerifyRequest.prepare(
      arguments, world: arguments.ranks(inWorldOf: nil).max() ?? 1, isLaunched: false, in: "/")
  }

  private func give(_ batch: Int, _ ranks: [Int]) -> (inout VerifyArguments) -> Void {
    {
      $0.options.flags.giveRecipe(batchSize: batch)
      $0.ranks = ranks
    }
  }

  /// What rank 0 finds on ranks that are threads.
  private func report(_ request: VerifyRequest) throws -> VerifyReport {
    let reports = try ThreadCommunicator.run(ranks: request.ranks) {
      try Verification.run(request, communicator: $0) { _ in }
    }
    #expect(reports.dropFirst().allSatisfy { $0 == nil })
    return try #require(reports[0])
  }

  @Test func ranksBucketsAndOverlapDoNotMatter() throws {
    let request = try request {
      give(16, [1, 2, 4])(&$0)
      $0.bucketMegabytes = [2, 0.001]
      $0.overlap = [true, false]
    }
    let report = try report(request)
    #expect(report.isEqual)
    #expect(report.conclusion.hasPrefix("equal to the bit after each of 3 steps, "))
    #expect(
      report.conclusion.hasSuffix(
        "1 rank, 2 ranks, 4 ranks, 4 ranks with --bucket-mb 0.001 and 4 ranks with --overlap off"))
  }

  /// The third of these steps meets the end of an epoch of two and a half batches.
  @Test(arguments: ["drop", "keep", "wrap"])
  func everyLastBatchIsTheSameOnAllRanks(rule: String) throws {
    let request = try request {
      give(16, [1, 2, 4])(&$0)
      $0.options.flags.overrides = ["sampling.last_batch=\(rule)"]
    }
    let report = try report(request)
    #expect(report.isEqual, "\(report.conclusion)")
  }

  @Test func ranksThatDoNotFitMayDiffer() throws {
    let report = try report(try request(give(12, [1, 3])))
    #expect(report.isEqual)
    #expect(report.conclusion == "nothing that is promised was compared; not promised: 3 ranks (differs)")
  }

  /// The same difference, had it been promised that there is none.
  @Test func aDifferenceThatMustNotBeIsNamed() throws {
    var request = try request(give(12, [1, 3]))
    request.variants[1].caveat = nil
    let report = try report(request)
    #expect(!report.isEqual)
    #expect(
      report.conclusion.hasPrefix(
        "3 ranks and 1 rank differ after step 1 in generator.main.0.weight (hash 0x"))
    #expect(report.json.contains(#""equal": false"#))
  }

  @Test func anErrorOfAVariantReachesTheRanksThatWait() throws {
    let request = try request {
      give(16, [1, 2])(&$0)
      $0.options.flags.giveRecipe(discriminatorRate: 1e30)
    }
    #expect(throws: RunError.self) { try report(request) }
  }

  @Test func oneSHoldsForAll() throws {
    let wide = try request(give(16, [1, 2, 8]))
    #expect(wide.options.slices == 8)
    #expect(wide.variants.map(\.ranks) == [1, 2, 8] && wide.variants.allSatisfy { $0.caveat == nil })
    let asked = try request {
      give(16, [1, 2])(&$0)
      $0.options.flags.slices = 4
    }
    #expect(asked.options.slices == 4)
  }

  @Test func theFirstThatFitsIsComparedWith() throws {
    let request = try request {
      give(16, [3, 2, 1])(&$0)
      $0.threads = [1, 2]
      $0.overlap = [false, true]
    }
    #expect(
      request.variants.map(\.name) == [
        "2 ranks", "3 ranks", "1 rank", "2 ranks with --threads 2", "2 ranks with --overlap on",
      ])
    #expect(request.variants.map(\.comparedWith) == [nil, 0, 0, 0, 0])
    #expect(request.variants.map { $0.caveat == nil } == [true, false, true, true, true])
  }

  @Test func whatIsNotPromisedIsSaid() throws {
    let local = try request {
      give(16, [1, 2])(&$0)
      $0.options.flags.batchNorm = .local
      $0.threads = [1, 2]
    }
    #expect(local.variants.map { $0.caveat == nil } == [true, false, true])
    let rounded = try request {
      give(16, [1, 2])(&$0)
      $0.options.flags.wire = .bf16
      $0.bucketMegabytes = [1, 2]
      $0.overlap = [true, false]
    }
    #expect(rounded.variants.map { $0.caveat == nil } == [true, false, false, true])
    let fast = try request {
      give(16, [1, 2])(&$0)
      $0.options.flags.reduction = .fast
      $0.threads = [1, 2]
      $0.overlap = [true, false]
    }
    #expect(fast.variants.map { $0.caveat == nil } == [true, false, true, false])
  }
}
