import CKernels
import Testing

/// Lowering, its adjoint, phases and transposes beside plain loops. They only copy and add, so results are
/// exact.
@Suite struct LoweringTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let window: ck_window
    var testDescription: String {
      let w = window
      return "\(w.height)x\(w.width)x\(w.channels), grid \(w.grid_height)x\(w.grid_width), "
        + "kernel \(w.kernel_height)x\(w.kernel_width), stride \(w.stride), from \(w.top), \(w.left)"
    }
  }

  static let cases: [Case] = [
    // height, width, channels, grid, kernel, stride, top, left
    (5, 7, 3, 3, 4, 3, 3, 2, -1, -1), (1, 1, 1, 1, 1, 1, 1, 1, 0, 0), (4, 4, 5, 1, 1, 4, 4, 1, 0, 0),
    (3, 5, 2, 5, 7, 1, 1, 1, -1, -1), (6, 3, 4, 3, 2, 5, 2, 2, -2, 0), (3, 2, 1, 7, 6, 4, 7, 1, -4, -6),
    (2, 3, 3, 4, 5, 2, 3, 3, -9, -9), (4, 5, 16, 2, 2, 3, 3, 2, 1, 1), (5, 4, 17, 3, 3, 2, 2, 3, -1, 2),
  ].map { h, w, c, gh, gw, kh, kw, s, t, l in
    Case(
      window: ck_window(
        height: h, width: w, channels: c, grid_height: gh, grid_width: gw, kernel_height: kh,
        kernel_width: kw,
        stride: s, top: t, left: l))
  }

  /// Where tap (kh, kw, c) of window (i, j) lies in a picture; nil outside.
  private func place(_ w: ck_window, _ i: Int, _ j: Int, _ kh: Int, _ kw: Int, _ c: Int) -> Int? {
    let y = i * Int(w.stride) + Int(w.top) + kh
    let x = j * Int(w.stride) + Int(w.left) + kw
    guard y >= 0, y < w.height, x >= 0, x < w.width else { return nil }
    return (y * Int(w.width) + x) * Int(w.channels) + c
  }

  /// Calls `body(row within the range, number within the row, place in the pictures)`.
  private func walk(
    _ w: ck_window, first: Int, count: Int, kernelRows: Range<Int>, _ body: (Int, Int, Int?) -> Void
  ) {
    let grid = Int(w.grid_height * w.grid_width)
    let picture = Int(w.height * w.width * w.channels)
    for r in 0..<count {
      let (n, position) = (first + r).quotientAndRemainder(dividingBy: grid)
      let (i, j) = position.quotientAndRemainder(dividingBy: Int(w.grid_width))
      var number = 0
      for kh in kernelRows {
        for kw in 0..<Int(w.kernel_width) {
          for c in 0..<Int(w.channels) {
            body(r, number, place(w, i, j, kh, kw, c).map { n * picture + $0 })
            number += 1
          }
        }
      }
    }
  }

  @Test(arguments: cases) func lowering(_ test: Case) {
    var w = test.window
    let grid = Int(w.grid_height * w.grid_width)
    let pictures = 3
    let source = (0..<pictures * Int(w.height * w.width * w.channels)).map { Float($0 + 1) }
    for (first, count) in [(0, pictures * grid), (0, 1), (grid - 1, grid + 1), (pictures * grid - 1, 1)] {
      for kernelRows in [0..<Int(w.kernel_height), 0..<1, Int(w.kernel_height) - 1..<Int(w.kernel_height)] {
        let width = kernelRows.count * Int(w.kernel_width * w.channels)
        var expected = [Float](repeating: 0, count: count * width)
        walk(w, first: first, count: count, kernelRows: kernelRows) { row, number, place in
          if let place { expected[row * width + number] = source[place] }
        }
        var rows = [Float](repeating: -5, count: count * width + 1)
        ck_lower(&w, source, first, count, Int32(kernelRows.lowerBound), Int32(kernelRows.upperBound), &rows)
        #expect(rows == expected + [-5])
      }
    }
  }

  @Test(arguments: cases) func scattering(_ test: Case) {
    var w = test.window
    let grid = Int(w.grid_height * w.grid_width)
    let width = Int(w.kernel_height * w.kernel_width * w.channels)
    for (first, count) in [(0, grid), (grid - 1, 1), (grid / 2, grid - grid / 2)] {
      let rows = (0..<count * width).map { Float($0 % 31 - 15) }
      // Added to what is there.
      let before = (0..<Int(w.height * w.width * w.channels)).map { Float($0 % 7) }
      var expected = before
      walk(w, first: first, count: count, kernelRows: 0..<Int(w.kernel_height)) { row, number, place in
        if let place { expected[place] += rows[row * width + number] }
      }
      var picture = before
      ck_scatter(&w, rows, first, count, &picture)
      #expect(picture == expected)
    }
  }

  @Test(arguments: [(5, 7, 2, 3), (4, 4, 2, 1), (7, 3, 3, 5), (3, 3, 1, 16), (2, 5, 3, 2)])
  func phasesCoverPicturesOnce(_ height: Int, _ width: Int, _ stride: Int, _ channels: Int) {
    let pictures = 2
    var stored = [Float](repeating: -1, count: pictures * height * width * channels)
    func number(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Float {
      Float(((n * height + y) * width + x) * channels + c)
    }
    for a in 0..<min(stride, height) {
      for b in 0..<min(stride, width) {
        let gridHeight = (height - a + stride - 1) / stride
        let gridWidth = (width - b + stride - 1) / stride
        let total = pictures * gridHeight * gridWidth
        // In two pieces, the second of which begins in the middle.
        for range in [0..<total / 3, total / 3..<total] {
          var rows: [Float] = []
          for position in range {
            let (n, rest) = position.quotientAndRemainder(dividingBy: gridHeight * gridWidth)
            for c in 0..<channels {
              rows.append(number(n, rest / gridWidth * stride + a, rest % gridWidth * stride + b, c))
            }
          }
          ck_store_phase(
            rows, range.lowerBound, range.count, Int32(gridHeight), Int32(gridWidth), Int32(stride), Int32(a),
            Int32(b),
            Int32(height), Int32(width), Int32(channels), &stored)
        }
      }
    }
    #expect(stored == (0..<stored.count).map(Float.init))
  }

  @Test(arguments: [(1, 1), (1, 9), (16, 16), (17, 33), (3, 100), (64, 5)])
  func transposing(_ rows: Int, _ columns: Int) {
    let source = (0..<rows * columns).map(Float.init)
    var target = [Float](repeating: -1, count: rows * columns)
    ck_transpose(source, rows, columns, &target)
    let right = (0..<columns).allSatisfy { c in
      (0..<rows).allSatisfy { r in target[c * rows + r] == source[r * columns + c] }
    }
    #expect(right)
  }

  /// Blocks of rows, copied and added beside what lies between them.
  @Test(arguments: [(1, 1), (3, 16), (4, 5), (7, 33), (2, 0), (0, 4)])
  func rowBlocks(_ rows: Int, _ columns: Int) {
    let (from, to) = (columns + 2, columns + 3)
    let source = (0..<rows * from + 1).map { Float($0 + 1) }
    let before = (0..<rows * to + 1).map { Float(-$0) }
    var (copied, added) = (before, before)
    for r in 0..<rows {
      for c in 0..<columns {
        copied[r * to + c] = source[r * from + c]
        added[r * to + c] += source[r * from + c]
      }
    }
    var target = before
    ck_copy_rows(source, from, &target, to, rows, columns)
    #expect(target == copied)
    target = before
    ck_add_rows(source, from, &target, to, rows, columns)
    #expect(target == added)
  }
}
