import CKernels
import TestSupport
import Testing

/// Grids and patches of a picture against plain loops.
enum GridKernels {
  static func check() {
    gridMax()
    patches()
    triangle()
    nearest()
  }

  private static func gridMax() {
    var numbers = Numbers(31)
    for (height, width, channels, grid) in [
      (4, 4, 1, 4), (6, 6, 5, 4), (7, 9, 3, 4), (32, 16, 17, 4), (5, 5, 2, 1),
    ] {
      let x = numbers.floats(height * width * channels).map { $0 - 2 }
      var y = [Float](repeating: 9, count: grid * grid * channels + 1)
      ck_grid_max(x, height, width, channels, grid, &y)
      #expect(y.last == 9)
      for i in 0..<grid {
        for j in 0..<grid {
          // AdaptiveMaxPool2d: from floor(i H / grid) to ceil((i + 1) H / grid).
          let rows = i * height / grid..<Int((Double((i + 1) * height) / Double(grid)).rounded(.up))
          let columns = j * width / grid..<Int((Double((j + 1) * width) / Double(grid)).rounded(.up))
          for c in 0..<channels {
            let cell = rows.flatMap { row in columns.map { x[(row * width + $0) * channels + c] } }
            #expect(y[(i * grid + j) * channels + c] == cell.max())
          }
        }
      }
    }
  }

  private static func patches() {
    #expect(ck_patch_count(32, 6, 1) == 27 && ck_patch_count(64, 6, 2) == 30 && ck_patch_count(5, 6, 1) == 0)
    for (width, channels, side) in [(8, 3, 6), (9, 1, 4), (7, 3, 1)] {
      let picture = (0..<width * width * channels).map { UInt8(truncatingIfNeeded: $0 * $0 * 31 + 7) }
      let (row, column) = (1, width - side)
      var patch = [Float](repeating: 9, count: side * side * channels + 1)
      ck_patch(picture, width, channels, row, column, side, 10, &patch)
      #expect(patch.last == 9)
      let raw = (0..<side).flatMap { i in
        (0..<side * channels).map { Double(picture[((row + i) * width + column) * channels + $0]) }
      }
      let mean = raw.reduce(0, +) / Double(raw.count)
      let variance = raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(raw.count)
      for (value, raw) in zip(patch, raw) {
        #expect(abs(Double(value) - (raw - mean) / (variance + 10).squareRoot()) < 1e-5)
      }
    }
  }

  private static func triangle() {
    var numbers = Numbers(32)
    for size in oddLengths where size > 0 {
      let dots = numbers.floats(size)
      let lengths = numbers.floats(size).map { $0 * $0 + 0.5 }
      let before = numbers.floats(size)
      let distances = zip(dots, lengths).map { (max(0, 3 + Double($1) - 2 * Double($0))).squareRoot() }
      let mean = distances.reduce(0, +) / Double(size)
      var sums = before + [9]
      var scratch = dots
      ck_triangle(&scratch, 3, lengths, size, &sums)
      #expect(sums[size] == 9)
      for k in 0..<size {
        #expect(abs(Double(sums[k]) - Double(before[k]) - max(0, mean - distances[k])) < 1e-5)
      }
    }
    // A patch that is the centroid, up to rounding below 0, has the distance 0.
    var (dots, sums): ([Float], [Float]) = ([1.0000001, 0], [0, 0])
    ck_triangle(&dots, 1, [1, 1], 2, &sums)
    #expect(dots[0] == 0 && sums[0] > 0.7 && sums[1] == 0)
  }

  private static func nearest() {
    #expect(ck_nearest([1, 4, 4, 3], [0, 4, 4, 0], 4) == 3)
    #expect(ck_nearest([1, 4, 4, 1], [0, 4, 4, 0], 4) == 1)
  }
}
