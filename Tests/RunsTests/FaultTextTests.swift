import Cluster
import Runs
import Testing

@Suite("The text of a fault")
struct FaultTextTests {
  @Test("Kinds, ranks and steps are read", arguments: Fault.Kind.allCases)
  func kinds(kind: Fault.Kind) throws {
    let fault = try Fault("\(kind.rawValue)@rank=1,step=7", ranks: 2)
    #expect(fault.kind == kind && fault.rank == 1 && fault.step == 7)
    #expect(try Fault("\(kind.rawValue)@step=7,rank=1", ranks: 2) == fault)
  }

  @Test("A flip names network and bit")
  func flip() throws {
    let fault = try Fault("flip@rank=0,step=1,network=generator,bit=3", ranks: 1)
    #expect(fault.isGenerator && fault.bit == 3)
    let plain = try Fault("flip@rank=0,step=1", ranks: 1)
    #expect(!plain.isGenerator && plain.bit == 22)
  }

  @Test(
    "What means nothing is refused, and said in a sentence",
    arguments: [
      ("nonsense", "there is no fault 'nonsense'; there are throw, "), ("", "there is no fault ''"),
      ("throw", "rank and step are both needed"), ("throw@rank=1", "rank and step are both needed"),
      ("throw@rank=2,step=1", "rank must be from 0 to 1"),
      ("throw@rank=-1,step=1", "rank must be from 0 to 1"),
      ("throw@rank=x,step=1", "rank must be from 0 to 1"),
      ("hang@rank=0,step=0", "step must be a whole number from 1"),
      ("hang@rank=0,step", "step must be a whole number from 1"),
      ("flip@rank=0,step=1,bit=32", "bit must be from 0 to 31"),
      ("flip@rank=0,step=1,network=both", "network must be generator or discriminator"),
      ("exit@rank=0,step=1,bit=3", "exit knows rank and step, and no 'bit=3'"),
      ("throw@rank=0,,step=1", "knows rank and step, and no ''"),
    ])
  func refusals(text: String, sentence: String) {
    let error = #expect(throws: RunError.self) { _ = try Fault(text, ranks: 2) }
    #expect(error?.code == 64)
    #expect(error?.description.hasPrefix("DCGAN_FAULT=\(text): ") == true)
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }
}
