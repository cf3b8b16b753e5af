import Configuration
import Foundation

/// The program and the machine that ran it: versions, and what may change the bits of results. Texts are
/// empty where not known yet.
package struct ProgramRecord: Equatable, Sendable {
  /// The program's version.
  package var version = ProgramRecord.programVersion
  /// The commit that the program was built from; "unknown" outside a clone.
  package var commit = ProgramRecord.programCommit
  /// The MPI library; empty in one process without mpirun.
  package var mpi = ""
  /// The BLAS library.
  package var blas = ""
  /// The OpenBLAS core whose kernels run.
  package var blasCore = ""
  /// The instruction set of our own kernels.
  package var instructionSet = ""
  /// How each layer's convolutions are computed, by the layer's name (Note [Plans]).
  package var plans: [String: String] = [:]
  /// The name of rank 0's host.
  package var host = ""

  /// Creates a record that knows version and commit.
  package init() {}

  /// The version of this program.
  package static let programVersion = "0.1.0"

  /// The commit that is checked out in this program's clone, read from the `.git` folder above the
  /// executable, which lies in CLONE/.build. For an executable elsewhere it is "unknown".
  package static let programCommit: String = {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
    // .build/x86_64-unknown-linux-gnu/release lies three levels below the clone, a --scratch-path a few more.
    for _ in 0..<6 where folder.path != "/" {
      let git = folder.appendingPathComponent(".git")
      let package = folder.appendingPathComponent("Package.swift")
      if FileManager.default.fileExists(atPath: package.path) { return commit(inGitFolder: git) ?? "unknown" }
      folder.deleteLastPathComponent()
    }
    return "unknown"
  }()

  private static func commit(inGitFolder git: URL) -> String? {
    func text(_ name: String) -> String? {
      (try? String(contentsOf: git.appendingPathComponent(name), encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let head = text("HEAD") else { return nil }
    let prefix = "ref: "
    guard head.hasPrefix(prefix) else { return String(head.prefix(12)) }
    let reference = String(head.dropFirst(prefix.count))
    if let id = text(reference) { return String(id.prefix(12)) }
    let packed = text("packed-refs")?.split(separator: "\n").first { $0.hasSuffix(" " + reference) }
    return packed.map { String($0.prefix(12)) }
  }
}

extension ProgramRecord {
  /// The record as it stands in `options.json`.
  package var configuration: ConfigurationValue {
    .object([
      .init("version", .string(version)), .init("commit", .string(commit)), .init("mpi", .string(mpi)),
      .init("blas", .string(blas)), .init("blas_core", .string(blasCore)),
      .init("isa", .string(instructionSet)),
      .init("host", .string(host)),
      .init("plans", .object(plans.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
    ])
  }
}
