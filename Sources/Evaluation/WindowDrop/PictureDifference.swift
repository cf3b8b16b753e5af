import Drawing
import Tensors

/// The mean absolute difference of the pixels of two pictures, as a share of their range.
struct PictureDifference: Equatable {
  /// Of the pixels away from an object; of all pixels where none is in the object.
  let outside: Double
  /// Of the pixels in the object; 0 where there are none.
  let inside: Double

  /// The pixels around a mask that count as neither: what maps draw reaches over the positions that draw it.
  static func margin(_ form: PictureShape) -> Int { max(1, form.height / 16) }

  /// Compares pictures `sample` of both batches.
  /// - Parameters:
  ///   - inside: where the object is; nil: nowhere.
  ///   - near: the same with the pixels around it.
  init(
    _ before: SheetPictures, _ after: SheetPictures, _ sample: Int, inside: PictureMask?, near: PictureMask?
  ) {
    let channels = before.channels
    let first = sample * before.height * before.width * channels
    // Sum and number of bytes, away from the object and in it.
    var sums = [0, 0]
    var counts = [0, 0]
    for pixel in 0..<before.height * before.width {
      let isInside = inside?.pixels[pixel] ?? false
      guard isInside || near?.pixels[pixel] != true else { continue }
      let part = isInside ? 1 : 0
      for at in first + pixel * channels..<first + (pixel + 1) * channels {
        sums[part] += abs(Int(before.bytes[at]) - Int(after.bytes[at]))
      }
      counts[part] += channels
    }
    func share(_ part: Int) -> Double {
      counts[part] == 0 ? 0 : Double(sums[part]) / Double(counts[part]) / 255
    }
    outside = share(0)
    self.inside = share(1)
  }
}
