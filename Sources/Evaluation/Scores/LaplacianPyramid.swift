import Tensors

/// The Laplacian pyramid of a picture (Burt and Adelson 1983), as Karras et al. (2018) take it for the sliced Wasserstein
/// distance: each level has half the side of the one before, and what it lacks against it; the last one has the rest.
///
/// Pictures are smoothed by [1 4 6 4 1] / 16 along both axes, and mirrored at their edges without repeating the edge. Level
/// k of the Laplacian is level k of the smoothed pictures less level k + 1 at twice the side.
package struct LaplacianPyramid {
  /// The least side of a level after the first.
  static let leastSide = 16

  /// The shapes of the levels; the first is the picture's.
  package let shapes: [PictureShape]
  private let smooth: [FloatBuffer]
  private let rows: FloatBuffer
  private let wide: FloatBuffer

  /// The shapes of the levels for pictures of this shape.
  static func shapes(of form: PictureShape) -> [PictureShape] {
    var shapes = [form]
    while let last = shapes.last, min(last.height, last.width) / 2 >= leastSide {
      shapes.append(
        PictureShape(height: (last.height + 1) / 2, width: (last.width + 1) / 2, channels: form.channels))
    }
    return shapes
  }

  /// Room for the pyramid of one picture at a time.
  package init(_ form: PictureShape) {
    shapes = Self.shapes(of: form)
    smooth = shapes.map { FloatBuffer(count: $0.count) }
    rows = FloatBuffer(count: form.count)
    wide = FloatBuffer(count: form.count)
  }

  /// Computes a level of the pyramid of a picture.
  /// - Parameter picture: HWC, 0 to 255.
  /// - Returns: the level, HWC, valid until the next call.
  package func level(_ level: Int, of picture: UnsafePointer<UInt8>) -> UnsafePointer<Float> {
    for i in 0..<shapes[0].count { smooth[0].data[i] = Float(picture[i]) }
    for next in 1..<max(1, min(level + 2, shapes.count)) { halve(next) }
    let own = smooth[level].data
    guard level + 1 < shapes.count else { return UnsafePointer(own) }
    double(level)
    for i in 0..<shapes[level].count { own[i] -= wide.data[i] }
    return UnsafePointer(own)
  }

  /// Smoothes level `next` - 1 and keeps every second pixel of every second row.
  private func halve(_ next: Int) {
    let (from, to) = (shapes[next - 1], shapes[next])
    wide.data.update(from: smooth[next - 1].data, count: from.count)
    blur(from, scale: 1)
    let channels = from.channels
    for y in 0..<to.height {
      for x in 0..<to.width {
        for c in 0..<channels {
          smooth[next].data[(y * to.width + x) * channels + c] =
            wide.data[(2 * y * from.width + 2 * x) * channels + c]
        }
      }
    }
  }

  /// Puts level `level` + 1 at twice its side into `wide`: zeros between its pixels, smoothed with four times the weights.
  private func double(_ level: Int) {
    let (to, from) = (shapes[level], shapes[level + 1])
    let channels = from.channels
    wide.data.update(repeating: 0, count: to.count)
    for y in 0..<from.height {
      for x in 0..<from.width {
        for c in 0..<channels {
          wide.data[(2 * y * to.width + 2 * x) * channels + c] =
            smooth[level + 1].data[(y * from.width + x) * channels + c]
        }
      }
    }
    blur(to, scale: 2)
  }

  /// Smoothes `wide`, in place.
  /// - Parameter scale: what the weights of each axis are multiplied by.
  private func blur(_ form: PictureShape, scale: Float) {
    let (near, far, own) = (scale * 4 / 16, scale / 16, scale * 6 / 16)
    let row = form.width * form.channels
    func mirrored(_ place: Int, _ count: Int) -> Int {
      var place = place
      while place < 0 || place >= count {
        guard count > 1 else { return 0 }
        place = place < 0 ? -place : 2 * (count - 1) - place
      }
      return place
    }
    for y in 0..<form.height {
      let line = { wide.data + mirrored(y + $0, form.height) * row }
      let (a, b, c, d, e) = (line(-2), line(-1), line(0), line(1), line(2))
      let out = rows.data + y * row
      for i in 0..<row { out[i] = own * c[i] + near * (b[i] + d[i]) + far * (a[i] + e[i]) }
    }
    let channels = form.channels
    for y in 0..<form.height {
      let (line, out) = (rows.data + y * row, wide.data + y * row)
      func pixel(_ x: Int) {
        let places = (-2...2).map { mirrored(x + $0, form.width) * channels }
        for c in 0..<channels {
          out[x * channels + c] =
            own * line[places[2] + c] + near * (line[places[1] + c] + line[places[3] + c])
            + far * (line[places[0] + c] + line[places[4] + c])
        }
      }
      let edge = min(2, form.width)
      for x in 0..<edge { pixel(x) }
      for x in max(edge, form.width - 2)..<max(edge, form.width) { pixel(x) }
      guard form.width > 4 else { continue }
      for i in 2 * channels..<(form.width - 2) * channels {
        out[i] =
          own * line[i] + near * (line[i - channels] + line[i + channels])
          + far * (line[i - 2 * channels] + line[i + 2 * channels])
      }
    }
  }
}
