import Configuration
import Drawing
import Evaluation
import Foundation
import Tensors
import TestSupport
import Testing

/// Boxes that a person has drawn, as a JSON file.
@Suite struct ObjectBoxesTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func read(_ text: String) throws -> ObjectBoxes {
    let path = scratch.file("boxes.json")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try ObjectBoxes(path: path, form: PictureShape(height: 48, width: 64, channels: 3))
  }

  @Test func boxesAreRead() throws {
    let boxes = try read(
      """
      {"pictures": [{"seed": 5, "boxes": [[0, 0, 64, 48], [60, 40, 4, 8]]}, {"seed": 7, "boxes": []}]}
      """)
    #expect(boxes.pictures.map(\.seed) == [5, 7])
    #expect(
      boxes.pictures[0].boxes == [
        PixelRect(x: 0, y: 0, width: 64, height: 48), PixelRect(x: 60, y: 40, width: 4, height: 8),
      ])
    #expect(boxes.pictures[1].boxes.isEmpty)
  }

  @Test(arguments: [
    (
      #"{"pictures": [{"seed": 5, "boxes": [[61, 0, 4, 4]]}]}"#,
      "pictures.0.boxes.0, [61, 0, 4, 4], is no box within a picture of 64 x 48 pixels: x and y count from 0 at the upper "
        + "left, and width and height are at least 1"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": [[1, 1, 4, 48]]}]}"#,
      "pictures.0.boxes.0, [1, 1, 4, 48], is no box within a picture of 64 x 48 pixels: x and y count from 0 at the upper "
        + "left, and width and height are at least 1"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": [[1, 1, 0, 4]]}]}"#,
      "pictures.0.boxes.0, [1, 1, 0, 4], is no box within a picture of 64 x 48 pixels: x and y count from 0 at the upper "
        + "left, and width and height are at least 1"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": [[1, 1, 4]]}]}"#,
      "pictures.0.boxes.0 must be four whole numbers, [x, y, width, height], and is [1, 1, 4]"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": [[1, 1, 4, 2.5]]}]}"#,
      "pictures.0.boxes.0 must be four whole numbers, [x, y, width, height], and is [1, 1, 4, 2.5]"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": [7]}]}"#,
      "pictures.0.boxes.0 must be four whole numbers, [x, y, width, height], and is 7"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": []}, {"seed": 5, "boxes": [[1, 1, 2, 2]]}]}"#,
      "pictures has seed 5 twice: list all boxes of a picture together"
    ),
    (
      #"{"pictures": [{"seed": 5, "boxes": []}]}"#,
      "there is no box, so nothing says where the object is: give at least one picture a box, as "
        + #"{"seed": 5, "boxes": [[10, 12, 20, 8]]}"#
    ),
    (
      #"{"pictures": []}"#,
      "there is no box, so nothing says where the object is: give at least one picture a box, as "
        + #"{"seed": 5, "boxes": [[10, 12, 20, 8]]}"#
    ),
    (
      #"{"pictures": [{"seed": -1, "boxes": [[1, 1, 2, 2]]}]}"#,
      "pictures.0.seed must be a whole number, at least 0, and is -1"
    ),
    (#"{"pictures": [{"boxes": [[1, 1, 2, 2]]}]}"#, "pictures.0 (a picture) lacks \"seed\""),
    (
      #"{"pictures": [{"seed": 1, "boxs": []}]}"#,
      "pictures.0 (a picture) has an unknown key \"boxs\"; did you mean boxes?"
    ),
    (#"{}"#, "the outermost object lacks \"pictures\""),
    (#"[]"#, "the outermost object must be an object with pictures, and is a list"),
  ])
  func mistakesAreSentences(_ text: String, _ sentence: String) throws {
    let path = scratch.file("boxes.json")
    #expect(throws: ConfigurationError("\(path): \(sentence)")) { try read(text) }
  }

  @Test func aFileThatIsNotThere() {
    #expect(throws: ConfigurationError("there is no file /nowhere/boxes.json")) {
      try ObjectBoxes(
        path: "/nowhere/boxes.json", form: PictureShape(height: 8, width: 8, channels: 3))
    }
  }
}
