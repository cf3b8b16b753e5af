import Layers
import Tensors
import TestSupport
import Testing

/// The slices' sums as one balanced binary tree, the lower half plus the upper half: what `DataParallel` does
/// on one rank, as a loop.
final class TreeSums: GlobalSums {
  func sum(
    _ perSlice: UnsafeMutablePointer<Double>, slices: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { total[i] = tree(0..<slices) { perSlice[$0 * count + i] } }
  }

  private func tree(_ slices: Range<Int>, _ value: (Int) -> Double) -> Double {
    if slices.count == 1 { return value(slices.lowerBound) }
    let middle = slices.lowerBound + slices.count / 2
    return tree(slices.lowerBound..<middle, value) + tree(middle..<slices.upperBound, value)
  }
}

/// What a forward and a backward pass gave.
struct Outcome {
  var y: [Float]
  var dx: [Float]
  /// Each slice's gradient of all parameters, one after the other.
  var gradients: [[Float]]

  func hasSameBits(_ other: Outcome) -> Bool {
    sameBits(y, other.y) && sameBits(dx, other.dx) && gradients.count == other.gradients.count
      && zip(gradients, other.gradients).allSatisfy { sameBits($0, $1) }
  }
}

/// Expects the same bits. (An expectation over outcomes would print both, for minutes.)
func expectSameBits(
  _ a: Outcome, _ b: Outcome, _ comment: @autoclosure () -> Comment? = nil,
  _ location: SourceLocation = #_sourceLocation
) {
  let same = a.hasSameBits(b)
  #expect(same, comment(), sourceLocation: location)
}

/// A layer with memory for its parameters, to be run on arrays.
final class LayerBench {
  let layer: any Layer
  let values: FloatBuffer
  let pool: ThreadPool
  var mode = Pass.Mode.training
  var firstSample = 0
  var step = 0
  var ordinal = 0
  var seed: UInt64 = 1
  var sampleKeys: [UInt64] = []

  init(_ layer: any Layer, threads: Int = 2) {
    self.layer = layer
    pool = ThreadPool(threads: threads)
    values = FloatBuffer(count: layer.parameters.reduce(0) { $0 + $1.count })
    var offset = 0
    for parameter in layer.parameters {
      parameter.bind(to: values.data, offset: offset)
      offset += parameter.count
    }
  }

  /// The parameters, one after the other.
  var parameters: [Float] {
    get { Array(UnsafeBufferPointer(start: values.data, count: values.count)) }
    set {
      precondition(newValue.count == values.count)
      newValue.withUnsafeBufferPointer { values.data.update(from: $0.baseAddress!, count: values.count) }
      layer.parameters.forEach { $0.markChanged() }
    }
  }

  func pass(_ bounds: [Int]) -> Pass {
    let slices = SliceBounds(bounds)
    layer.prepare(samples: slices.samples, slices: slices.count)
    spoilScratch()
    let pass = Pass(pool: pool, sums: TreeSums(), seed: seed, slices: slices)
    pass.mode = mode
    pass.firstSample = firstSample
    pass.step = step
    pass.ordinal = ordinal
    pass.sampleKeys = sampleKeys
    return pass
  }

  private static let mark: Float = 1234.5

  /// Memory for each thread and for all, with numbers that spoil what reads them before they are written, and a
  /// mark behind the last.
  private func spoilScratch() {
    let gap = 64
    pool.reserveScratch(floats: layer.scratchFloats + gap)
    pool.reserveShared(floats: layer.sharedFloats + gap)
    func spoil(_ memory: UnsafeMutablePointer<Float>, _ count: Int) {
      memory.update(repeating: .nan, count: count)
      (memory + count).update(repeating: Self.mark, count: gap)
    }
    for worker in 0..<pool.threads { spoil(pool.scratch(worker), layer.scratchFloats) }
    spoil(pool.shared, layer.sharedFloats)
  }

  private func checkScratch() {
    func isKept(_ memory: UnsafeMutablePointer<Float>, _ count: Int) -> Bool {
      (count..<count + 64).allSatisfy { memory[$0] == Self.mark }
    }
    precondition(
      (0..<pool.threads).allSatisfy { isKept(pool.scratch($0), layer.scratchFloats) }
        && isKept(pool.shared, layer.sharedFloats), "something was written behind the scratch")
  }

  func forward(_ x: [Float], _ bounds: [Int]) throws -> [Float] {
    let pass = pass(bounds)
    precondition(x.count == pass.samples * layer.input.count)
    // Whatever is there before must not matter.
    var y = [Float](repeating: .nan, count: pass.samples * layer.output.count)
    try layer.forward(x, into: &y, pass)
    checkScratch()
    return y
  }

  /// Forward and backward.
  /// - Parameter startingFrom: what the slices' gradients hold before, and are added to; nil: they are
  ///   written.
  func run(_ x: [Float], dy: [Float], _ bounds: [Int], startingFrom: [Float]? = nil) throws -> Outcome {
    let pass = pass(bounds)
    // Slices lie further apart than they are long.
    let stride = values.count + 3
    var gradients = self.gradients(pass, stride: stride, startingFrom)
    let (y, dx) = try gradients.withUnsafeMutableBufferPointer { gradients in
      pass.gradients = SliceGradients(base: gradients.baseAddress!, stride: stride)
      return try run(x, dy: dy, pass)
    }
    let perSlice = (0..<pass.slices.count).map { Array(gradients[$0 * stride..<$0 * stride + values.count]) }
    let gaps = (0..<pass.slices.count).flatMap { gradients[$0 * stride + values.count..<($0 + 1) * stride] }
    precondition(gaps.allSatisfy(\.isNaN), "a gradient was written beside its place")
    return Outcome(y: y, dx: dx, gradients: perSlice)
  }

  /// Forward and backward where the pass adds the slices up: `gradients` is their sum alone.
  /// - Parameter inPlace: whether the sum goes to where the first slice's gradient is, as for a single one.
  func runFolding(
    _ x: [Float], dy: [Float], _ bounds: [Int], startingFrom: [Float]? = nil, inPlace: Bool = false
  ) throws -> Outcome {
    let pass = pass(bounds)
    pass.folds = true
    let stride = values.count + 3
    var gradients = self.gradients(pass, stride: stride, startingFrom)
    var sum = [Float](repeating: .nan, count: values.count + 3)
    let (y, dx) = try gradients.withUnsafeMutableBufferPointer { gradients in
      try sum.withUnsafeMutableBufferPointer { sum in
        pass.gradients = SliceGradients(
          base: gradients.baseAddress!, stride: stride,
          sum: inPlace ? gradients.baseAddress! : sum.baseAddress!)
        return try run(x, dy: dy, pass)
      }
    }
    if inPlace { sum = Array(gradients[..<stride]) }
    precondition(sum[values.count...].allSatisfy(\.isNaN), "a gradient was written beside its place")
    return Outcome(y: y, dx: dx, gradients: [Array(sum[..<values.count])])
  }

  /// Memory for the gradients of the pass's slices.
  private func gradients(_ pass: Pass, stride: Int, _ startingFrom: [Float]?) -> [Float] {
    var gradients = [Float](repeating: .nan, count: pass.slices.count * stride)
    if let startingFrom {
      pass.accumulates = true
      for slice in 0..<pass.slices.count {
        gradients.replaceSubrange(slice * stride..<slice * stride + values.count, with: startingFrom)
      }
    }
    return gradients
  }

  private func run(_ x: [Float], dy: [Float], _ pass: Pass) throws -> (y: [Float], dx: [Float]) {
    precondition(x.count == pass.samples * layer.input.count && dy.count == pass.samples * layer.output.count)
    var y = [Float](repeating: .nan, count: dy.count)
    try layer.forward(x, into: &y, pass)
    var incoming = dy
    var dx = [Float](repeating: .nan, count: x.count)
    try layer.backward(x: x, y: y, dy: &incoming, into: &dx, pass)
    checkScratch()
    return (y, dx)
  }

  /// Only dx, as when G's gradient goes through D.
  func runWithoutGradients(_ x: [Float], dy: [Float], _ bounds: [Int]) throws -> [Float] {
    try run(x, dy: dy, pass(bounds)).dx
  }
}
