import CKernels
import Testing

/// Pictures with their padding around them, beside plain loops. They only copy and add in one order, so results
/// are exact.
enum NarrowKernels {
  static func check() {
    for test in LoweringTests.cases {
      padding(test.window)
      scattering(test.window)
    }
  }

  private static func padded(_ w: ck_window) -> (height: Int, width: Int) {
    (
      Int((w.grid_height - 1) * w.stride + w.kernel_height),
      Int((w.grid_width - 1) * w.stride + w.kernel_width)
    )
  }

  private static func padding(_ window: ck_window) {
    var w = window
    let (height, width) = padded(w)
    let channels = Int(w.channels)
    #expect(ck_padded_count(&w) == height * width * channels)
    let pictureCount = Int(w.height * w.width) * channels
    let picture = (0..<pictureCount).map { Float($0 + 1) }
    var expected = [Float](repeating: 0, count: height * width * channels)
    // What comes back: the picture, but for pixels that the padded one does not hold.
    var back = [Float](repeating: 0, count: pictureCount)
    for h in 0..<height {
      for x in 0..<width {
        let (row, column) = (h + Int(w.top), x + Int(w.left))
        guard (0..<Int(w.height)).contains(row), (0..<Int(w.width)).contains(column) else { continue }
        for c in 0..<channels {
          let place = (row * Int(w.width) + column) * channels + c
          expected[(h * width + x) * channels + c] = picture[place]
          back[place] = picture[place]
        }
      }
    }
    var found = [Float](repeating: .nan, count: expected.count) + [-5]
    ck_pad(&w, picture, &found)
    #expect(found == expected + [-5])
    // What lies in the padding is left there.
    let full = zip(found, expected + [1]).map { $1 == 0 ? -7 : $0 }
    var returned = [Float](repeating: .nan, count: pictureCount) + [-5]
    ck_unpad(&w, full, &returned)
    #expect(returned == back + [-5])
  }

  private static func scattering(_ window: ck_window) {
    var w = window
    let (height, width) = padded(w)
    let channels = Int(w.channels)
    let run = Int(w.kernel_width) * channels
    let rowStride = Int(w.kernel_height) * run + 3
    let count = Int(w.grid_width)
    for gridRow in [0, Int(w.grid_height) - 1] {
      let rows = (0..<count * rowStride).map { Float($0 % 31 - 15) }
      let before = (0..<height * width * channels).map { Float($0 % 7) }
      var expected = before
      for j in 0..<count {
        for kh in 0..<Int(w.kernel_height) {
          for i in 0..<run {
            let first = ((gridRow * Int(w.stride) + kh) * width + j * Int(w.stride)) * channels
            expected[first + i] += rows[j * rowStride + kh * run + i]
          }
        }
      }
      var found = before + [-5]
      ck_scatter_row(&w, rows, rowStride, Int32(gridRow), &found)
      #expect(found == expected + [-5])
    }
  }
}
