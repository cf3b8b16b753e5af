import CKernels
import Tensors
import TestSupport
import Testing

/// Philox 4x32-10 against the known answers that its authors publish with Random123 (kat_vectors), and
/// streams against the blocks they are made of.
@Suite struct PhiloxTests {
  struct KnownAnswer: Sendable {
    let counter: [UInt32]
    let key: [UInt32]
    let words: [UInt32]
  }

  static let knownAnswers = [
    KnownAnswer(
      counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      counter: [.max, .max, .max, .max], key: [.max, .max],
      words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
      words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test(arguments: knownAnswers) func knownAnswer(_ known: KnownAnswer) {
    var words: [UInt32] = [0, 0, 0, 0]
    ck_philox4x32(known.counter, known.key, &words)
    #expect(words == known.words)
  }

  private let stream = RandomStream(
    seed: 0x1234_5678_9abc_def0, purpose: .latent, stream: 3, step: 17, sample: 5)

  private func uniforms(_ stream: RandomStream, _ count: Int, from first: Int = 0) -> [Float] {
    var numbers = [Float](repeating: .nan, count: count)
    stream.fillUniform(&numbers, count: count, from: first)
    return numbers
  }

  private func normals(_ stream: RandomStream, _ count: Int, from first: Int = 0) -> [Float] {
    var numbers = [Float](repeating: .nan, count: count)
    stream.fillNormal(&numbers, count: count, from: first)
    return numbers
  }

  /// The counter's and the key's places are part of the promise that a seed means the same run forever.
  @Test func keysAreWhereTheyAlwaysWere() {
    let counter: [UInt32] = [2, 5, 17, 2 << 24 | 3]
    let key: [UInt32] = [0x9abc_def0, 0x1234_5678]
    var words: [UInt32] = [0, 0, 0, 0]
    ck_philox4x32(counter, key, &words)
    let four = stream.words(block: 2)
    #expect([four.0, four.1, four.2, four.3] == words)
    #expect(uniforms(stream, 12)[8...].elementsEqual(words.map { Float($0 >> 8) * 0x1p-24 }))
  }

  @Test(arguments: [0, 4, 8, 40, 4096]) func fillFromAnOffsetIsTheTail(_ first: Int) {
    #expect(sameBits(uniforms(stream, 33, from: first), Array(uniforms(stream, first + 33)[first...])))
    #expect(sameBits(normals(stream, 33, from: first), Array(normals(stream, first + 33)[first...])))
  }

  /// How many are drawn changes none of them, and nothing past the end is written.
  @Test(arguments: 0..<19) func shorterFillIsABeginning(_ count: Int) {
    #expect(sameBits(uniforms(stream, count), Array(uniforms(stream, 32)[..<count])))
    #expect(sameBits(normals(stream, count), Array(normals(stream, 32)[..<count])))
    var guarded = [Float](repeating: 7, count: count + 4)
    stream.fillNormal(&guarded, count: count)
    #expect(guarded[count...].allSatisfy { $0 == 7 })
    stream.fillUniform(&guarded, count: count)
    #expect(guarded[count...].allSatisfy { $0 == 7 })
  }

  @Test func elementsAreThoseOfTheFill() {
    #expect(sameBits((0..<50).map { stream.uniform($0) }, uniforms(stream, 50)))
    #expect(sameBits((0..<50).map { stream.normal($0) }, normals(stream, 50)))
  }

  /// Box and Muller's transform, written out.
  @Test func normalsAreBoxAndMullersOfTheWords() {
    let drawn = normals(stream, 4)
    let four = stream.words(block: 0)
    for (pair, words) in [(four.0, four.1), (four.2, four.3)].enumerated() {
      let radius = (-2 * logarithm((Double(words.0) + 1) / 0x1p32)).squareRoot()
      let sum =
        Double(drawn[2 * pair]) * Double(drawn[2 * pair]) + Double(drawn[2 * pair + 1])
        * Double(drawn[2 * pair + 1])
      #expect(abs(sum.squareRoot() - radius) < 1e-6)
    }
  }

  @Test func everyFieldOfTheKeyMatters() {
    let streams = [
      stream,
      RandomStream(seed: 0x1234_5678_9abc_def1, purpose: .latent, stream: 3, step: 17, sample: 5),
      RandomStream(seed: 0x1234_5679_9abc_def0, purpose: .latent, stream: 3, step: 17, sample: 5),
      RandomStream(seed: 0x1234_5678_9abc_def0, purpose: .dropout, stream: 3, step: 17, sample: 5),
      RandomStream(seed: 0x1234_5678_9abc_def0, purpose: .latent, stream: 4, step: 17, sample: 5),
      RandomStream(seed: 0x1234_5678_9abc_def0, purpose: .latent, stream: 3, step: 18, sample: 5),
      RandomStream(seed: 0x1234_5678_9abc_def0, purpose: .latent, stream: 3, step: 17, sample: 6),
    ]
    let beginnings = Set(streams.map { uniforms($0, 4) })
    #expect(beginnings.count == streams.count)
  }
}
