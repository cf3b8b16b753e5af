import CKernels
import Communication
import Foundation
import Wording

/// Something that must be the same on all ranks, as one rank has it.
package struct RankFact: Codable, Equatable, Sendable {
  /// What it is.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// The program's binary.
    case program
    /// The options of the run.
    case configuration
    /// The index of the data.
    case data
    /// The OpenBLAS core that the rank is going to ask for.
    case wantedCore
    /// The OpenBLAS core that runs.
    case core
    /// The BLAS library.
    case blas
    /// The MPI library.
    case mpi
  }

  /// What it is.
  package var kind: Kind
  /// The text that is compared.
  package var value: String
  /// What a message shows of the fact.
  package var shown: String

  /// A fact; `shown` is `value` unless it is given.
  package init(_ kind: Kind, _ value: String, shown: String? = nil) {
    self.kind = kind
    self.value = value
    self.shown = shown ?? value
  }
}

/// Compares at the start what must be the same on all ranks, and says which ranks differ.
package enum SameOnAllRanks {
  /// A rank that differs from the rest, or several ranks that differ in the same way.
  package struct Finding: Equatable, Sendable {
    /// Whether the ranks cannot train together; if false they can, and the sentence is a warning.
    package var isError: Bool
    /// One sentence.
    package var sentence: String
  }

  /// Compares `facts`, the same kinds in the same order on all ranks. Collective.
  /// - Returns: on rank 0 sentences of warning about differences with which the ranks can train together;
  ///   empty elsewhere.
  /// - Throws: `RunError`, the same on all ranks, where they cannot train together; `CommunicationError`.
  package static func check(_ facts: [RankFact], on communicator: any Communicator) throws -> [String] {
    let own = String(decoding: try JSONEncoder().encode(facts), as: UTF8.self)
    let texts = try communicator.gather(own)
    let hosts = try communicator.gather(communicator.hostName)
    var findings: [Finding] = []
    if let texts, let hosts {
      let table = try texts.map { try JSONDecoder().decode([RankFact].self, from: Data($0.utf8)) }
      findings = Self.findings(table, hosts: hosts)
    }
    let errors = findings.filter(\.isError).map(\.sentence).joined(separator: "; ")
    let sentence = try communicator.broadcast(errors)
    guard sentence.isEmpty else { throw RunError(sentence) }
    return findings.map(\.sentence)
  }

  /// Which ranks differ, and in what. The value that most ranks have is taken to be right; in a tie it is the
  /// lowest rank's.
  /// - Parameters:
  ///   - table: each rank's facts.
  ///   - hosts: each rank's host.
  package static func findings(_ table: [[RankFact]], hosts: [String]) -> [Finding] {
    RankFact.Kind.allCases.flatMap { kind -> [Finding] in
      let column = table.map { facts in facts.first { $0.kind == kind } }
      let holders = Dictionary(grouping: column.indices) { column[$0]?.value }
      guard holders.count > 1 else { return [] }
      let right = holders.max {
        ($0.value.count, -($0.value.first ?? 0)) < ($1.value.count, -($1.value.first ?? 0))
      }
      let wrong = holders.filter { $0.key != right?.key }.values.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
      let others = right?.value.first.flatMap { column[$0]?.shown } ?? ""
      return wrong.map { ranks in
        let who = firstFew(
          ranks.map { "rank \($0) (host \(hosts.indices.contains($0) ? hosts[$0] : "unknown"))" })
        let own = ranks.first.flatMap { column[$0]?.shown } ?? ""
        return kind.finding(who: who, isOne: ranks.count == 1, own: own, others: others)
      }
    }
  }

  /// The hash of the bytes of this process's binary, as a fact.
  package static func program() -> RankFact {
    let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped)
    // Where the system does not show the binary, its version is compared.
    guard let bytes else { return RankFact(.program, ProgramRecord.programVersion) }
    return RankFact(.program, hash(bytes), shown: "\(bytes.count) bytes, hash \(hash(bytes))")
  }

  /// A 64-bit hash of bytes, in hexadecimal.
  package static func hash(_ bytes: Data) -> String {
    String(bytes.withUnsafeBytes { ck_hash64($0.baseAddress, $0.count, 0) }, radix: 16)
  }
}

extension RankFact.Kind {
  fileprivate func finding(who: String, isOne: Bool, own: String, others: String)
    -> SameOnAllRanks.Finding
  {
    let (has, runs, sees, asks) =
      isOne ? ("has", "runs", "sees", "asks") : ("have", "run", "see", "ask")
    switch self {
    case .program:
      return .init(
        isError: true,
        sentence:
          "\(who) \(runs) another build of this program (\(own)) than the rest (\(others)): put the same "
          + "file on all hosts")
    case .configuration:
      return .init(
        isError: true,
        sentence:
          "\(who) \(has) other options (hash \(own)) than the rest (hash \(others)): start all ranks with "
          + "one command")
    case .data:
      return .init(
        isError: true,
        sentence:
          "the ranks do not see the same data, so they cannot train together: \(who) \(sees) \(own), the "
          + "rest \(others)")
    case .wantedCore:
      return .init(
        isError: true,
        sentence:
          "\(who) \(asks) for OpenBLAS core \(own) and the rest for \(others), so their sums would differ: set "
          + "\(Machine.coreVariable) on all hosts (mpirun -x \(Machine.coreVariable)) or on none")
    case .core:
      return .init(
        isError: true,
        sentence:
          "\(who) \(runs) OpenBLAS core \(own) and the rest \(others), so their sums would differ: set "
          + "\(Machine.coreVariable) to a core that all hosts have (mpirun -x \(Machine.coreVariable)=...)")
    case .blas:
      return .init(
        isError: false,
        sentence:
          "\(who) \(has) \(own) and the rest \(others): replicas agree, but which rank computes a slice "
          + "changes its bits, so other numbers of ranks give other bits; install one version on all hosts")
    case .mpi:
      return .init(
        isError: false,
        sentence: "\(who) \(has) \(own) and the rest \(others): install one version on all hosts")
    }
  }
}
