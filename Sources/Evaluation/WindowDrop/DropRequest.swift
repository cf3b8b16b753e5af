import Cluster
import Datasets
import Models

/// A window drop that was asked for: what G's pictures look like without the maps that draw an object.
package struct DropRequest: Equatable, Sendable {
  /// The object, and how it is found in G's pictures.
  package enum Object: Equatable, Sendable {
    /// Something that the built-in faces wear; a judge that has learnt from drawn faces finds it.
    case drawn(FaceObject)
    /// What a person has put boxes around, in a JSON file as `ObjectBoxes` reads it.
    case boxes(path: String)
  }

  /// How many pairs of pictures, with and without the object, a judge is made from.
  package struct Faces: Equatable, Sendable {
    /// Drawn faces that it learns from.
    package var drawn: Int
    /// G's pictures that it learns from, onto which drawn objects are laid.
    package var laid: Int
    /// Drawn faces by which it chooses from which value on a position is the object's.
    package var tune: Int
    /// Drawn faces by which it is measured, and as many of G's pictures.
    package var test: Int

    /// Numbers of pairs, each at least 1.
    package init(drawn: Int = 250, laid: Int = 1_000, tune: Int = 100, test: Int = 400) {
      self.drawn = drawn
      self.laid = laid
      self.tune = tune
      self.test = test
    }
  }

  /// G, and D of the same model.
  package var model: GeneratorChoice
  /// The object.
  package var object: Object
  /// The convolution of G whose maps are dropped, by PyTorch's name; nil: the first of 8 x 8 or more.
  package var layer: String?
  /// Maps are dropped whose weight is more than this share of the largest; 0: all of positive weight, as in the paper.
  package var threshold: Double
  /// How many pictures G makes to find the object in, for the regression; it makes as many others for the score. Boxes
  /// need none.
  package var pictures: Int
  /// The drawn faces that the judge is made from.
  package var faces = Faces()
  /// How many pictures the sheet shows with and without the maps.
  package var shown: Int
  /// Whether the sheet outlines where the object is.
  package var outlines: Bool
  /// Each pixel becomes a square of scale x scale pixels.
  package var scale: Int
  /// The path of the sheet, a PNG.
  package var out: String

  /// The numbers that `pictures` may be.
  static let pictureRange = 50...100_000
  /// The share of the largest weight above which maps are dropped unless another is asked for: maps of less weight change
  /// the rest of the picture more than the object (docs/experiments.md).
  package static let defaultThreshold = 0.4
  /// How many pictures are made unless another number is asked for.
  package static let defaultPictures = 2_000

  /// A request from its parts.
  /// - Throws: `RunError` with code 64 for numbers out of their ranges, and an `out` that cannot be.
  package init(
    model: GeneratorChoice, object: Object, layer: String? = nil, threshold: Double? = nil,
    pictures: Int? = nil, shown: Int? = nil, outlines: Bool = false, scale: Int? = nil, out: String
  ) throws {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    let pictures = pictures ?? Self.defaultPictures
    let shown = shown ?? 12
    guard Self.pictureRange.contains(pictures) else {
      throw wrong(
        "--drop-pictures must be a whole number from \(Self.pictureRange.lowerBound) to \(Self.pictureRange.upperBound), and is "
          + "\(pictures)")
    }
    if let threshold, !(0..<1).contains(threshold) {
      throw wrong("--drop-threshold must be a number from 0 to below 1, and is \(threshold)")
    }
    guard (1...100).contains(shown) else {
      throw wrong("--drop-shown must be a whole number from 1 to 100, and is \(shown)")
    }
    self.model = model
    self.object = object
    self.layer = layer
    self.threshold = threshold ?? Self.defaultThreshold
    self.pictures = pictures
    self.shown = shown
    self.outlines = outlines
    self.scale = try SheetFile.checked(scale: scale ?? 2)
    self.out = try SheetFile.checked(out: out)
  }
}
