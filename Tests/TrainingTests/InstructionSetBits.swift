import Foundation
import Tensors
import Testing

#if compiler(>=6.2)
  /// The same bits on any ranks and threads with the kernels of the lower instruction sets. An instruction set is one for the
  /// whole process, so each has its own.
  @Suite struct InstructionSetBits {
    @Test(.enabled(if: InstructionSet.available > .baseline)) func baseline() async {
      await #expect(processExitsWith: .success) {
        try InstructionSetBits.checkAll(on: .baseline, core: "Nehalem")
      }
    }

    @Test(.enabled(if: InstructionSet.available > .avx2)) func avx2() async {
      await #expect(processExitsWith: .success) {
        try InstructionSetBits.checkAll(on: .avx2, core: "Haswell")
      }
    }

    static func checkAll(on isa: InstructionSet, core: String) throws {
      InstructionSet.limit(to: isa)
      setenv("OPENBLAS_CORETYPE", core, 1)
      try BLAS.open()
      #expect(InstructionSet.current == isa)
      let bits = SameBitsTests()
      for run in SameBitsTests.runs.suffix(2) { try bits.ranksAndThreadsDoNotMatter(run) }
    }
  }
#endif
