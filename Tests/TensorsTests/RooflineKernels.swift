import CKernels
import TestSupport
import Testing

/// The loops that measure what a machine can do: they have to do what is counted.
enum RooflineKernels {
  static func check() {
    for count in oddLengths + [1000] {
      var numbers = Numbers(count)
      let a = numbers.floats(count)
      let b = numbers.floats(count)
      var y = [Float](repeating: 9, count: count + 1)
      ck_copy(a, &y, count)
      #expect(Array(y[..<count]) == a && y[count] == 9)
      ck_triad(a, b, 0.5, &y, count)
      // Half of b is exact, so a fused and a separate addition round alike.
      let sums: [Float] = zip(a, b).map { a, b in a + 0.5 * b }
      #expect(Array(y[..<count]) == sums && y[count] == 9)
    }
    multiplyAdd()
  }

  private static func multiplyAdd() {
    var operations = 5.0
    var sink: Float = 0
    ck_fma_peak(3, &operations, &sink)
    let first = operations - 5
    #expect(first > 0)
    // Every chain of every lane goes to 1, so the sum counts them; each step of a chain is two operations.
    let perStep = 2 * Double(sink)
    #expect(perStep > 0 && (first / 3).truncatingRemainder(dividingBy: perStep) == 0)
    ck_fma_peak(6, &operations, &sink)
    #expect(operations - 5 - first == 2 * first)
  }
}
