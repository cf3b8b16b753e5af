import CKernels
import Tensors
import Testing

/// Every kernel beside plain loops in double, on every instruction set of this machine.
///
/// The instruction set is one for the whole process, and other suites run at the same time and compare bits.
/// So the lower ones are tried in processes of their own.
@Suite struct KernelTests {
  static func checkAll() {
    ActivationKernels.check()
    ElementwiseKernels.check()
    GridKernels.check()
    BatchNormKernels.check()
    OptimizerKernels.check()
    RooflineKernels.check()
    ProductKernels.check()
    NarrowKernels.check()
    WireKernels.check()
  }

  @Test func currentInstructionSet() { Self.checkAll() }

  #if compiler(>=6.2)
    @Test(.enabled(if: InstructionSet.available > .baseline)) func baseline() async {
      await #expect(processExitsWith: .success) {
        InstructionSet.limit(to: .baseline)
        #expect(InstructionSet.current == .baseline)
        KernelTests.checkAll()
      }
    }

    @Test(.enabled(if: InstructionSet.available > .avx2)) func avx2() async {
      await #expect(processExitsWith: .success) {
        InstructionSet.limit(to: .avx2)
        #expect(InstructionSet.current == .avx2)
        KernelTests.checkAll()
        InstructionSet.limit(to: .avx512)
        #expect(InstructionSet.current == InstructionSet.available)
      }
    }
  #endif
}
