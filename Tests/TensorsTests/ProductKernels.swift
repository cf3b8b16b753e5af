import CKernels
import Tensors
import TestSupport
import Testing

/// Products of our own: values beside double, and bits beside Note [Own products], which says how each sum is
/// taken.
enum ProductKernels {
  static func check() {
    everySize()
    segments()
    cuts()
    pairs()
  }

  /// One accumulator, over k in order, from zero on. The vector instruction sets multiply and add in one
  /// rounding, and so does arm64; the baseline of x86-64 in two.
  static func inOrder(_ left: [Float], _ right: [Float]) -> Float {
    #if arch(x86_64)
      let fuses = InstructionSet.current > .baseline
    #else
      let fuses = true
    #endif
    return zip(left, right).reduce(0) { sum, pair in
      fuses ? sum.addingProduct(pair.0, pair.1) : sum + pair.0 * pair.1
    }
  }

  /// One call's arguments; `b` in panels of CK_PANEL columns.
  struct Product {
    let m: Int
    let n: Int
    let k: Int
    /// Where a's element (i, p) lies.
    let left: (_ i: Int, _ p: Int) -> Int
    let leadingB: Int
    let panelB: Int
    let leadingC: Int
    let a: [Float]
    let b: [Float]
    let before: [Float]

    /// n as the product rounds it up.
    var columns: Int { (n + 15) / 16 * 16 }

    init(
      m: Int, n: Int, k: Int, floatsOfA: Int, panels: Bool, seed: Int, left: @escaping (Int, Int) -> Int
    ) {
      (self.m, self.n, self.k, self.left) = (m, n, k, left)
      let columns = (n + 15) / 16 * 16
      // Whole panels with a gap between them, or a plain matrix whose rows are longer than what is read.
      leadingB = panels ? 32 : columns + 3
      panelB = panels ? k * 32 + 5 : 32
      leadingC = columns + 2
      var numbers = Numbers(seed)
      a = numbers.floats(floatsOfA)
      b = numbers.floats(panels ? (columns + 31) / 32 * panelB + 32 : (k + 1) * leadingB + 32)
      before = numbers.floats(m * leadingC)
    }

    /// Checks what `run` makes of c.
    func check(_ name: String, _ run: (_ adds: Int32, _ c: inout [Float]) -> Void) {
      for adds in [false, true] {
        var c = before
        // What is only written to must not be read.
        if !adds { for i in 0..<m { for j in 0..<n { c[i * leadingC + j] = .nan } } }
        run(adds ? 1 : 0, &c)
        var wrongBits = 0
        var worst = 0.0
        for i in 0..<m {
          let row = (0..<k).map { a[left(i, $0)] }
          for j in 0..<n {
            let column = (0..<k).map { b[j / 32 * panelB + $0 * leadingB + j % 32] }
            let place = i * leadingC + j
            let sum = inOrder(row, column)
            if c[place].bitPattern != (adds ? before[place] + sum : sum).bitPattern { wrongBits += 1 }
            let exact = zip(row, column).reduce(adds ? Double(before[place]) : 0) {
              $0 + Double($1.0) * Double($1.1)
            }
            let error = abs(Double(c[place]) - exact)
            worst = error.isNaN ? .infinity : max(worst, error)
          }
          // Beyond the columns that the product may write.
          for place in i * leadingC + columns..<(i + 1) * leadingC where c[place] != before[place] {
            wrongBits += 1
          }
        }
        #expect(wrongBits == 0, "\(name), \(m) x \(n) x \(k), adds \(adds)")
        #expect(worst < 1.2e-7 * Double(k) + 2e-7, "\(name), \(m) x \(n) x \(k), adds \(adds)")
      }
    }
  }

  private static func everySize() {
    var turn = 0
    for m in [1, 3, 4, 6, 7, 12, 13, 17, 29] {
      for n in [16, 20, 48, 80] {
        for k in [0, 1, 2, 3, 4, 5, 7, 8, 9, 127, 128, 130] {
          for transposed in [false, true] {
            turn += 1
            let leading = (transposed ? m : k) + turn % 3
            let product = Product(
              m: m, n: n, k: k, floatsOfA: (transposed ? k : m) * leading + 1, panels: turn % 5 < 3,
              seed: turn
            ) { i, p in transposed ? p * leading + i : i * leading + p }
            product.check(transposed ? "transposed" : "plain") { adds, c in
              ck_product(
                m, n, k, product.a, leading, transposed ? 1 : 0, product.b, product.leadingB, product.panelB,
                &c,
                product.leadingC, adds, Int32(CK_FLOATS))
            }
            guard transposed, product.panelB == 32, n % 16 == 0 else { continue }
            // What comes next is only fetched: named or not, it changes nothing.
            for next in [nil, product.a] {
              product.check("columns") { adds, c in
                ck_product_columns(
                  m, n, k, product.a, leading, product.b, product.leadingB, &c, product.leadingC, adds, next,
                  next == nil ? nil : product.b, Int32(CK_FLOATS))
              }
            }
          }
        }
      }
    }
  }

  /// Windows of a picture with its padding: rows that overlap, pieces that lie a picture's row apart.
  private static func segments() {
    var turn = 0
    for (m, n) in [(1, 16), (5, 48), (13, 16), (31, 32)] {
      for count in [1, 2, 3, 5] {
        for segment in [1, 3, 4, 9, 12, 21] {
          turn += 1
          let step = 1 + turn % (segment + 2)
          let apart = m * step + segment + turn % 4
          let product = Product(
            m: m, n: n, k: count * segment, floatsOfA: count * apart + m * step + segment,
            panels: turn % 2 == 0,
            seed: turn
          ) { i, p in i * step + p / segment * apart + p % segment }
          product.check("segments of \(segment)") { adds, c in
            ck_product_segments(
              m, n, count, segment, product.a, step, apart, product.b, product.leadingB, product.panelB, &c,
              product.leadingC, adds)
          }
        }
      }
    }
  }

  /// However rows and columns are cut into calls, the bits are the same.
  private static func cuts() {
    let (m, n, k) = (29, 80, 130)
    for transposed in [false, true] {
      let leading = (transposed ? m : k) + 2
      let product = Product(
        m: m, n: n, k: k, floatsOfA: (transposed ? k : m) * leading, panels: true, seed: 3
      ) { i, p in transposed ? p * leading + i : i * leading + p }
      func run(rows: [Int], columns: [Int]) -> [Float] {
        var c = product.before
        c.withUnsafeMutableBufferPointer { c in
          product.a.withUnsafeBufferPointer { a in
            product.b.withUnsafeBufferPointer { b in
              for (top, bottom) in zip(rows, rows.dropFirst()) {
                for (first, end) in zip(columns, columns.dropFirst()) {
                  ck_product(
                    bottom - top, end - first, k, a.baseAddress! + product.left(top, 0), leading,
                    transposed ? 1 : 0,
                    b.baseAddress! + first / 32 * product.panelB, product.leadingB, product.panelB,
                    c.baseAddress! + top * product.leadingC + first, product.leadingC, 1, Int32(CK_FLOATS))
                }
              }
            }
          }
        }
        return c
      }
      let whole = run(rows: [0, m], columns: [0, n])
      for rows in [[0, 1, m], [0, 12, 24, 28, m], [0, 5, 6, 11, m], Array(0...m)] {
        for columns in [[0, n], [0, 32, n], [0, 64, n], [0, 32, 64, n]] {
          #expect(sameBits(run(rows: rows, columns: columns), whole), "rows \(rows), columns \(columns)")
        }
      }
    }
  }

  /// A number as bfloat16, rounded to nearest: the upper half of its bits.
  private static func rounded(_ x: Float) -> UInt32 {
    let bits = x.bitPattern
    return (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
  }

  /// Pairs of bfloat16 in place of floats: exact products, sums in float.
  private static func pairs() {
    guard ck_has_bf16() != 0 else { return }
    var numbers = Numbers(11)
    for (m, n, k) in [(1, 16, 2), (13, 32, 10), (12, 48, 128), (29, 96, 66), (7, 16, 34)] {
      let a = numbers.floats(m * k).map(rounded)
      let b = numbers.floats(n * k).map(rounded)
      func value(_ half: UInt32) -> Double { Double(Float(bitPattern: half << 16)) }
      func pair(_ low: UInt32, _ high: UInt32) -> Float { Float(bitPattern: low | high << 16) }
      let rows = (0..<m * k / 2).map { i in
        pair(a[i / (k / 2) * k + i % (k / 2) * 2], a[i / (k / 2) * k + i % (k / 2) * 2 + 1])
      }
      let columns = (0..<k / 2 * m).map { i in
        pair(a[i % m * k + i / m * 2], a[i % m * k + i / m * 2 + 1])
      }
      let right = (0..<k / 2 * n).map { i in
        pair(b[i % n * k + i / n * 2], b[i % n * k + i / n * 2 + 1])
      }
      for transposed in [false, true] {
        var c = [Float](repeating: 1, count: m * n)
        ck_product(
          m, n, k / 2, transposed ? columns : rows, transposed ? m : k / 2, transposed ? 1 : 0, right, n, 32,
          &c,
          n, 1, Int32(CK_BF16_PAIRS))
        let right = (0..<m * n).allSatisfy { i in
          var sum = 1.0
          for p in 0..<k { sum += value(a[i / n * k + p]) * value(b[i % n * k + p]) }
          return abs(Double(c[i]) - sum) < 1e-5
        }
        #expect(right, "\(m) x \(n) x \(k), transposed \(transposed)")
      }
    }
  }

  /// A product with remainders everywhere.
  static func sample() -> [Float] {
    var numbers = Numbers(7)
    let (m, n, k) = (23, 48, 77)
    let a = numbers.floats(m * k)
    let b = numbers.floats(k * n)
    var c = numbers.floats(m * n)
    ck_product(m, n, k, a, k, 0, b, n, 32, &c, n, 1, Int32(CK_FLOATS))
    return c
  }
}
