import Foundation
import Tensors
import TestSupport
import Testing

/// The matrix product and the library behind it.
@Suite struct MatrixProductTests {
  init() throws { try BLAS.open() }

  struct Sizes: Sendable, CustomTestStringConvertible {
    let m: Int
    let n: Int
    let k: Int
    var testDescription: String { "\(m) x \(n) x \(k)" }
  }

  static let sizes = [
    (1, 1, 1), (1, 7, 3), (5, 1, 9), (3, 5, 1), (16, 16, 16), (17, 33, 65), (64, 3, 48), (31, 130, 7),
    (129, 66, 200),
    (2, 256, 100),
  ].map { Sizes(m: $0.0, n: $0.1, k: $0.2) }

  @Test(arguments: sizes, [0, 1, 2, 3])
  func againstDouble(_ sizes: Sizes, _ transposes: Int) {
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    let transposesA = transposes & 1 == 1
    let transposesB = transposes & 2 == 2
    // Rows longer than what is read of them.
    let leadingA = (transposesA ? m : k) + 3
    let leadingB = (transposesB ? k : n) + 2
    let leadingC = n + 5
    var numbers = Numbers(m * 1000 + n * 10 + k)
    let a = numbers.floats((transposesA ? k : m) * leadingA)
    let b = numbers.floats((transposesB ? n : k) * leadingB)
    let before = numbers.floats(m * leadingC)
    for adds in [false, true] {
      var c = before
      // What is not added to must not be read.
      if !adds { for i in 0..<m { for j in 0..<n { c[i * leadingC + j] = .nan } } }
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            matrixProduct(
              MatrixView(a.baseAddress!, rowStride: leadingA, transposed: transposesA),
              MatrixView(b.baseAddress!, rowStride: leadingB, transposed: transposesB),
              into: MatrixTarget(c.baseAddress!, rowStride: leadingC), m: m, n: n, k: k, adds: adds)
          }
        }
      }
      var worst = 0.0
      for i in 0..<m {
        for j in 0..<n {
          var sum = adds ? Double(before[i * leadingC + j]) : 0
          for p in 0..<k {
            let left = transposesA ? a[p * leadingA + i] : a[i * leadingA + p]
            let right = transposesB ? b[j * leadingB + p] : b[p * leadingB + j]
            sum += Double(left) * Double(right)
          }
          let difference = abs(Double(c[i * leadingC + j]) - sum)
          worst = difference.isNaN ? .infinity : max(worst, difference)
        }
        for j in n..<leadingC where c[i * leadingC + j] != before[i * leadingC + j] { worst = .infinity }
      }
      // k roundings of sums of at most about the root of k.
      #expect(worst < 2e-7 * Double(k) + 2e-7, "adds \(adds)")
    }
  }

  /// Equal calls give equal bits, from any thread and wherever the matrices lie.
  @Test func equalCallsEqualBits() {
    var numbers = Numbers(1)
    let (m, n, k) = (97, 64, 130)
    let a = numbers.floats(m * k + 16)
    let b = numbers.floats(k * n + 16)
    let results = FloatBuffer(count: 12 * m * n)
    let pool = ThreadPool(threads: 3)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        let whole = FloatBuffer(count: m * k + k * n + 64)
        (whole.data + 1).update(from: a.baseAddress!, count: m * k)
        (whole.data + m * k + 32).update(from: b.baseAddress!, count: k * n)
        pool.run(12) { item, _ in
          let moved = item % 2 == 1
          matrixProduct(
            MatrixView(moved ? UnsafePointer(whole.data + 1) : a.baseAddress!, rowStride: k),
            MatrixView(moved ? UnsafePointer(whole.data + m * k + 32) : b.baseAddress!, rowStride: n),
            into: MatrixTarget(results.data + item * m * n, rowStride: n), m: m, n: n, k: k)
        }
      }
    }
    let first = Array(UnsafeBufferPointer(start: results.data, count: m * n))
    for item in 1..<12 {
      #expect(sameBits(first, Array(UnsafeBufferPointer(start: results.data + item * m * n, count: m * n))))
    }
  }

  /// Note [BLAS core]: kernels as wide as the CPU's vectors, also from a library older than the CPU.
  @Test func coreFitsTheProcessor() {
    #expect(BLAS.configuration.contains("OpenBLAS"))
    let cores: [InstructionSet: [String]] = [
      .avx512: ["SkylakeX", "Cooperlake", "SapphireRapids"], .avx2: ["Haswell", "Zen"],
    ]
    // What the user asks for is kept. (Opening sets the variable too, to one of these.)
    let asked = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
    guard let fitting = cores[.current], asked.map(fitting.contains) ?? true else { return }
    #expect(fitting.contains(BLAS.core))
  }
}
