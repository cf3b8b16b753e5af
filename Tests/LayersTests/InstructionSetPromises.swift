import Foundation
import Tensors
import Testing

#if compiler(>=6.2)
  /// What layers compute and promise, with the kernels of the lower instruction sets: their products give a row
  /// other bits at other places. An instruction set is one for the whole process, so each has its own.
  @Suite struct InstructionSetPromises {
    @Test(.enabled(if: InstructionSet.available > .baseline)) func baseline() async {
      await #expect(processExitsWith: .success) {
        try InstructionSetPromises.checkAll(on: .baseline, cores: ["Nehalem"])
      }
    }

    @Test(.enabled(if: InstructionSet.available > .avx2)) func avx2() async {
      await #expect(processExitsWith: .success) {
        try InstructionSetPromises.checkAll(on: .avx2, cores: ["Haswell", "Zen"])
      }
    }

    static func checkAll(on isa: InstructionSet, cores: [String]) throws {
      InstructionSet.limit(to: isa)
      setenv("OPENBLAS_CORETYPE", cores[0], 1)
      try BLAS.open()
      #expect(InstructionSet.current == isa && cores.contains(BLAS.core))
      let slices = try SliceTests()
      for kind in SliceTests.kinds {
        try slices.threadsDoNotMatter(kind)
        if kind.separable { try slices.slicesAreApart(kind) }
        try slices.neighboursDoNotMatterInEvaluation(kind)
      }
      let folds = try FoldTests()
      for kind in SliceTests.planned + SliceTests.products + SliceTests.narrow {
        try folds.sumsAreTheTreesSums(kind)
      }
      let convolutions = try ConvolutionTests()
      for (index, test) in ConvolutionCase.special.enumerated() {
        try convolutions.againstDefinition(index, test)
      }
      try PlanTests.checkAll()
      let gradients = try GradientCheckTests()
      for test in GradientCheckTests.planned + GradientCheckTests.narrow {
        try gradients.directionalDerivatives(test)
      }
    }
  }
#endif
