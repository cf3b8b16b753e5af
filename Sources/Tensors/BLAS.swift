import CKernels
import COpenBLAS
import Foundation

/// The instruction sets that kernels are compiled for.
package enum InstructionSet: Int, Comparable, Sendable, CaseIterable {
  /// What every CPU of the architecture has.
  case baseline = 0
  /// AVX2 with FMA.
  case avx2 = 1
  /// AVX-512 F, BW, DQ and VL.
  case avx512 = 2

  /// The lower of two is the one that more CPUs have.
  package static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rawValue < b.rawValue }

  /// The highest that this CPU has.
  package static var available: InstructionSet {
    InstructionSet(rawValue: Int(ck_isa_available())) ?? .baseline
  }
  /// The one that kernels run on.
  package static var current: InstructionSet { InstructionSet(rawValue: Int(ck_isa())) ?? .baseline }
  /// Limits kernels to at most this instruction set from now on. Not to be called while kernels run.
  package static func limit(to isa: InstructionSet) { ck_isa_limit(Int32(isa.rawValue)) }

  /// "baseline", "avx2", "avx512".
  package var name: String { String(cString: ck_isa_name(Int32(rawValue))) }
  /// The instruction set of this name; nil if there is none.
  package init?(name: String) {
    guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }
}

/// Why the matrix library could not be opened.
package struct BLASError: Error, CustomStringConvertible, Sendable {
  /// One sentence.
  package let description: String
}

/// OpenBLAS, opened with dlopen.
///
/// Note [BLAS core]
/// ~~~~~~~~~~~~~~~~
/// OpenBLAS picks its kernels when it is loaded. A version that is older than the CPU does not know the
/// CPU, and picks kernels of half the speed. So the program first sets the variable OPENBLAS_CORETYPE, and
/// then opens the library with dlopen: SkylakeX where the CPU has AVX-512, Haswell where it is limited to
/// AVX2. A value that the user set is kept.
package enum BLAS {
  /// Opens the library with kernels for `isa`. The first call decides; later ones do nothing.
  /// - Throws: `BLASError` if there is no OpenBLAS.
  package static func open(for isa: InstructionSet = .current) throws { try open(core: core(for: isa)) }

  /// Opens the library with the kernels of `core`; nil: of its own choice. The first call decides; later ones do
  /// nothing.
  /// - Throws: `BLASError` if there is no OpenBLAS.
  package static func open(core: String?) throws {
    _ = coreOfTheUser
    guard openLibrary(core: core) == 0 else {
      throw BLASError(
        description:
          "OpenBLAS cannot be opened (\(String(cString: ob_error()))); install it, on Debian or Ubuntu with: "
          + "apt-get install libopenblas0-pthread")
    }
  }

  /// The core whose kernels suit `isa`; nil: the library's own choice.
  package static func core(for isa: InstructionSet) -> String? {
    switch isa {
    case .avx512: "SkylakeX"
    case .avx2: "Haswell"
    case .baseline: InstructionSet.available > .baseline ? oldCore : nil
    }
  }

  /// A core without AVX, whose kernels both CPUs with AVX and CPUs without it can run.
  package static let oldCore = "Nehalem"

  /// OPENBLAS_CORETYPE as the user set it; nil if it was not set. Read before `open` sets it.
  package static let coreOfTheUser: String? = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]

  private static func openLibrary(core: String?) -> Int32 {
    guard let core else { return ob_open(nil) }
    return core.withCString { ob_open($0) }
  }

  /// Whether threads take turns in the library, so that several threads are little faster than one. This is
  /// so where only the OpenMP build was found (Note [OpenMP build]). After `open`.
  package static var takesTurns: Bool { ob_one_at_a_time() != 0 }
  /// The core whose kernels run, as OpenBLAS names it. After `open`.
  package static var core: String { String(cString: ob_core()) }
  /// The library's version and build. After `open`.
  package static var configuration: String { String(cString: ob_config()) }
}
