import Cluster
import Communication
import Foundation
import TestRanks
import Testing

@Suite("What all ranks must have alike")
struct SameOnAllRanksTests {
  private func check(_ kind: RankFact.Kind, _ values: [String]) throws -> [[String]] {
    try ThreadCommunicator.run(ranks: values.count) { communicator in
      try SameOnAllRanks.check([RankFact(kind, values[communicator.rank])], on: communicator)
    }
  }

  @Test("Ranks that have the same hear nothing")
  func same() throws {
    for kind in RankFact.Kind.allCases {
      let (three, one) = (try check(kind, ["x", "x", "x"]), try check(kind, ["x"]))
      #expect(three.allSatisfy { $0.isEmpty } && one.allSatisfy { $0.isEmpty })
    }
    let own = try ThreadCommunicator.run(ranks: 2) { communicator in
      try SameOnAllRanks.check([SameOnAllRanks.program()], on: communicator)
    }
    #expect(own.allSatisfy { $0.isEmpty })
  }

  @Test(
    "Another program, options, data or core on one rank is an error that names it",
    arguments: [RankFact.Kind.program, .configuration, .data, .wantedCore, .core])
  func differs(_ kind: RankFact.Kind) throws {
    let error = #expect(throws: RunError.self) { _ = try check(kind, ["x", "x", "y", "x"]) }
    let sentence = try #require(error).description
    #expect(sentence.contains("rank 2 (host \(Host.name))"), "\(sentence)")
    #expect(sentence.contains("y") && sentence.contains("x") && !sentence.contains("rank 1"))
    #expect(error?.code == 1)
  }

  @Test(
    "Another build of a library is told on rank 0, and the run goes on",
    arguments: [RankFact.Kind.blas, .mpi])
  func libraries(_ kind: RankFact.Kind) throws {
    let told = try check(kind, ["old", "old", "new"])
    #expect(told[0].count == 1 && told[0][0].contains("rank 2 (host \(Host.name)) has new and the rest old"))
    #expect(told[1].isEmpty && told[2].isEmpty)
  }

  @Test(
    "The majority is right, of two halves the one with the lowest rank, and each other kind is a sentence")
  func majority() {
    func sentences(_ values: String) -> [String] {
      let table = values.map { [RankFact(.data, String($0))] }
      return SameOnAllRanks.findings(table, hosts: values.indices.map { "h\($0.utf16Offset(in: values))" })
        .map(\.sentence)
    }
    #expect(sentences("abb")[0].contains("rank 0 (host h0) sees a, the rest b"))
    #expect(sentences("ba")[0].contains("rank 1 (host h1) sees a, the rest b"))
    #expect(sentences("abca").count == 2)
    let many = sentences("aaaaaaabbbbbb")
    #expect(many.count == 1 && many[0].contains("rank 10 (host h10) and 2 more see b, the rest a"))
  }
}
