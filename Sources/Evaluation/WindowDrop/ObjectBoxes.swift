import Cluster
import Configuration
import Drawing
import Tensors
import Wording

/// Where a person has seen an object in G's pictures: `{"pictures": [{"seed": 5, "boxes": [[x, y, width, height]]}]}`, in
/// pixels of the picture. A picture without boxes does not show it.
package struct ObjectBoxes: Codable, Equatable, Sendable {
  /// A picture, as `generate --seeds` makes it.
  package struct Picture: Codable, Equatable, Sendable {
    /// The seed of the picture.
    package var seed: UInt64
    /// Where it shows the object.
    package var boxes: [PixelRect]
  }
  /// The pictures; at least one has a box.
  package let pictures: [Picture]

  /// Reads the boxes of pictures of this shape.
  /// - Throws: `ConfigurationError` that names the file and what is wrong in it.
  package init(path: String, form: PictureShape) throws {
    let value = try ConfigurationFile.read(path)
    self = try ConfigurationFile.naming(path) { try ObjectBoxes(value, form: form) }
  }

  private init(_ value: ConfigurationValue, form: PictureShape) throws {
    let reader = try ConfigurationReader(value, path: "", known: ["pictures"])
    pictures = try reader.array("pictures").enumerated().map { number, value in
      let reader = try ConfigurationReader(
        value, path: "pictures.\(number)", kind: "a picture", known: ["seed", "boxes"])
      let boxes = try reader.array("boxes").enumerated().map {
        try Self.box($1, path: "\(reader.path(of: "boxes")).\($0)", form)
      }
      return Picture(seed: UInt64(try reader.integer("seed", in: 0...Int.max)), boxes: boxes)
    }
    var seen: Set<UInt64> = []
    for picture in pictures where !seen.insert(picture.seed).inserted {
      throw ConfigurationError(
        "pictures has seed \(picture.seed) twice: list all boxes of a picture together")
    }
    guard pictures.contains(where: { !$0.boxes.isEmpty }) else {
      throw ConfigurationError(
        "there is no box, so nothing says where the object is: give at least one picture a box, as "
          + "{\"seed\": 5, \"boxes\": [[10, 12, 20, 8]]}")
    }
  }

  private static func box(_ value: ConfigurationValue, path: String, _ form: PictureShape) throws -> PixelRect
  {
    let wanted = "four whole numbers, [x, y, width, height]"
    guard case .array(let values) = value else {
      throw ConfigurationError("\(path) must be \(wanted), and is \(value.inWords)")
    }
    let numbers = values.compactMap { value -> Int? in
      if case .integer(let number) = value { number } else { nil }
    }
    guard values.count == 4, numbers.count == 4 else {
      throw ConfigurationError(
        "\(path) must be \(wanted), and is [\(values.map(\.inWords).joined(separator: ", "))]")
    }
    let (x, y, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3])
    guard x >= 0, y >= 0, width >= 1, height >= 1, width <= form.width - x, height <= form.height - y else {
      throw ConfigurationError(
        "\(path), [\(x), \(y), \(width), \(height)], is no box within a picture of \(form.width) x \(form.height) pixels: x and "
          + "y count from 0 at the upper left, and width and height are at least 1")
    }
    return PixelRect(x: x, y: y, width: width, height: height)
  }
}
