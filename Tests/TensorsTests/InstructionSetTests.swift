import Tensors
import Testing

@Suite struct InstructionSetTests {
  @Test func namesComeBack() {
    #expect(InstructionSet.allCases.map(\.name) == ["baseline", "avx2", "avx512"])
    for isa in InstructionSet.allCases { #expect(InstructionSet(name: isa.name) == isa) }
    #expect(InstructionSet(name: "sse9") == nil)
    #expect(InstructionSet.allCases == InstructionSet.allCases.sorted())
  }

  @Test func currentIsThere() { #expect(InstructionSet.current <= InstructionSet.available) }

  @Test func memoryIsAlignedAndZero() {
    for count in [0, 1, 15, 16, 17, 1000] {
      let buffer = FloatBuffer(count: count)
      #expect(Int(bitPattern: buffer.data) % 64 == 0)
      #expect((0..<count).allSatisfy { buffer.data[$0] == 0 })
      #expect(buffer.bytes.count == 4 * count)
    }
    let tensor = Tensor(capacity: 3, shape: PictureShape(height: 2, width: 5, channels: 7))
    #expect(tensor.sample(2) - tensor.data == 140)
    #expect(tensor.shape.pixels == 10 && tensor.shape.count == 70 && "\(tensor.shape)" == "2 x 5 x 7")
  }
}
