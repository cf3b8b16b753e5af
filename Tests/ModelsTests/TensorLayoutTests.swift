import Models
import Recipes
import Tensors
import Testing

@Suite struct TensorLayoutTests {
  typealias Source = UnsafeBufferPointer<Float>
  typealias Target = UnsafeMutableBufferPointer<Float>

  /// What a layout function makes of the numbers 1, 2, 3...: each element tells where it came from.
  static func apply(_ source: [Float], _ body: (Source, Target) -> Void) -> [Float] {
    var target = [Float](repeating: -1, count: source.count)
    source.withUnsafeBufferPointer { source in target.withUnsafeMutableBufferPointer { body(source, $0) } }
    return target
  }

  static func counted(_ count: Int) -> [Float] { (1...count).map(Float.init) }

  @Test(arguments: [(4, 4, 3, 64), (5, 3, 7, 11), (1, 1, 9, 2), (7, 7, 1, 17), (4, 4, 16, 8), (3, 2, 8, 1)])
  func convolution(_ kh: Int, _ kw: Int, _ cl: Int, _ cs: Int) {
    let ours = Self.counted(kh * kw * cl * cs)
    let theirs = Self.apply(ours) {
      TensorLayout.convolutionToPyTorch($0, kernel: (kh, kw), large: cl, small: cs, into: $1)
    }
    var wrong = 0
    for y in 0..<kh {
      for x in 0..<kw {
        for l in 0..<cl {
          for s in 0..<cs {
            let mine = ours[((y * kw + x) * cl + l) * cs + s]
            if theirs[((s * cl + l) * kh + y) * kw + x] != mine { wrong += 1 }
          }
        }
      }
    }
    #expect(wrong == 0)
    let back = Self.apply(theirs) {
      TensorLayout.convolutionFromPyTorch($0, kernel: (kh, kw), large: cl, small: cs, into: $1)
    }
    #expect(back == ours)
  }

  /// Features that are no picture: the place in PyTorch's order is the place in ours.
  static func place(_ i: Int, _ hwc: PictureShape?) -> Int {
    guard let hwc else { return i }
    // i = (h*W + w)*C + c in ours.
    let c = i % hwc.channels
    let w = i / hwc.channels % hwc.width
    let h = i / hwc.channels / hwc.width
    return (c * hwc.height + h) * hwc.width + w
  }

  static let pictures: [(PictureShape?, PictureShape?)] = [
    (nil, nil), (PictureShape(height: 2, width: 3, channels: 5), nil),
    (nil, PictureShape(height: 3, width: 1, channels: 4)),
    (PictureShape(height: 2, width: 3, channels: 5), PictureShape(height: 3, width: 1, channels: 4)),
  ]

  @Test(arguments: pictures) func dense(_ inHWC: PictureShape?, _ outHWC: PictureShape?) {
    let (inputs, outputs) = (30, 12)
    let ours = Self.counted(inputs * outputs)
    let theirs = Self.apply(ours) {
      TensorLayout.denseToPyTorch(
        $0, inputs: inputs, outputs: outputs, inHWC: inHWC, outHWC: outHWC, into: $1)
    }
    var wrong = 0
    for i in 0..<inputs {
      for o in 0..<outputs {
        let mine = ours[i * outputs + o]
        if theirs[Self.place(o, outHWC) * inputs + Self.place(i, inHWC)] != mine { wrong += 1 }
      }
    }
    #expect(wrong == 0)
    let back = Self.apply(theirs) {
      TensorLayout.denseFromPyTorch(
        $0, inputs: inputs, outputs: outputs, inHWC: inHWC, outHWC: outHWC, into: $1)
    }
    #expect(back == ours)
  }

  @Test func features() {
    let hwc = PictureShape(height: 3, width: 5, channels: 2)
    let ours = Self.counted(30)
    let theirs = Self.apply(ours) { TensorLayout.featuresToPyTorch($0, hwc: hwc, into: $1) }
    #expect((0..<30).allSatisfy { theirs[Self.place($0, hwc)] == ours[$0] })
    // The first channel's picture, then the second's.
    #expect(theirs[..<3] == [1, 3, 5] && theirs[15..<18] == [2, 4, 6])
    #expect(Self.apply(theirs) { TensorLayout.featuresFromPyTorch($0, hwc: hwc, into: $1) } == ours)
  }
}
