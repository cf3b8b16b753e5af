import Foundation
import Tensors
import Testing

#if compiler(>=6.2)
  /// The twins with the kernels of the lower instruction sets, on every plan. An instruction set is one for the
  /// whole process, so each has its own.
  @Suite struct InstructionSetTwins {
    @Test(.enabled(if: InstructionSet.available > .baseline)) func baseline() async {
      await #expect(processExitsWith: .success) {
        try InstructionSetTwins.checkAll(on: .baseline, core: "Nehalem")
      }
    }

    @Test(.enabled(if: InstructionSet.available > .avx2)) func avx2() async {
      await #expect(processExitsWith: .success) {
        try InstructionSetTwins.checkAll(on: .avx2, core: "Haswell")
      }
    }

    static func checkAll(on isa: InstructionSet, core: String) throws {
      InstructionSet.limit(to: isa)
      setenv("OPENBLAS_CORETYPE", core, 1)
      try BLAS.open()
      #expect(InstructionSet.current == isa)
      let layers = try LayerTwinTests()
      for twin in LayerTwinTests.twins { try layers.agrees(twin, [0, 1, 1, 3]) }
      for plan in Plans.all {
        for twin in LayerTwinTests.wide { try layers.agreesOnEveryPlan(twin, plan) }
        let pair = try DCGAN64TwinTests()
        try pair.forward(2, plan)
        for step in 0..<3 { try pair.step((step, 2), plan) }
        try pair.evaluation(plan)
      }
      try PlansAgreeTests().oneStep(2)
    }
  }
#endif
