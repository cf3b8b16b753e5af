import CKernels
import Tensors
import TestSupport
import Testing

/// What the kernels of our own products promise across instruction sets, and the memory that they work in.
@Suite struct OwnKernelTests {
  #if compiler(>=6.2)
    @Test(.enabled(if: InstructionSet.available > .avx2)) func avx2AndAVX512GiveTheSameBits() async {
      await #expect(processExitsWith: .success) {
        let wide = ProductKernels.sample()
        InstructionSet.limit(to: .avx2)
        #expect(InstructionSet.current == .avx2)
        #expect(sameBits(ProductKernels.sample(), wide))
      }
    }
  #endif

  @Test(arguments: [1, 4096, 4097, 2 << 20, 5_000_001]) func mappedMemory(_ bytes: Int) throws {
    let memory = try #require(ck_memory_map(bytes))
    #expect(Int(bitPattern: memory) % (bytes >= 2 << 20 ? 2 << 20 : 4096) == 0)
    let all = UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self), count: bytes)
    #expect(all.allSatisfy { $0 == 0 })
    all.update(repeating: 7)
    #expect(all[bytes - 1] == 7)
    ck_memory_unmap(memory, bytes)
  }

  /// More than there is address space for: an answer, not an end.
  @Test func memoryThatIsNotThere() { #expect(ck_memory_map(1 << 56) == nil) }
}
