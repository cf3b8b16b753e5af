import Cluster
import Files
import Models
import Networks

/// Filters of a D to look into, as a person asks for them.
package struct FilterRequest: Equatable, Sendable {
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// The pictures among which those that excite the filters are sought.
  package var data: PictureSource
  /// The convolution: the N of `discriminator.main.N`, or all of this name; nil: the last one before D's output.
  package var layer: String?
  /// The filters, each once; nil: the first six, or as many as there are.
  package var filters: [Int]?
  /// How many pictures each filter has at most.
  package var pictures: Int
  /// The seed of the random weights that are shown beside.
  package var seed: UInt64
  /// Each pixel of a picture becomes a square of scale x scale pixels of the sheet; nil: such that pictures are at least
  /// `leastSide` wide.
  package var scale: Int?
  /// The path of the sheet, a PNG.
  package var out: String
  /// The path of a safetensors file with pictures and gradients of the trained D; nil: none is written.
  package var raw: String?
  /// Threads of each rank; nil: as many as it may use.
  package var threads: Int?

  /// The width that pictures have at least on a sheet whose scale was not given.
  package static let leastSide = 96
  /// How many filters are looked into if none were named.
  static let usualFilters = 6
  /// The most pictures of a filter.
  static let mostPictures = 100

  /// A request from its parts.
  /// - Parameter filters: `0-5,9`; nil: the first six.
  /// - Throws: `RunError` with code 64 for values that cannot be.
  package init(
    checkpoint: String, architecture: Architecture? = nil, data: PictureSource, layer: String? = nil,
    filters: String? = nil, pictures: Int = 5, seed: UInt64 = 1, scale: Int? = nil, out: String,
    raw: String? = nil, threads: Int? = nil
  ) throws {
    self.checkpoint = checkpoint
    self.architecture = architecture
    self.data = data
    self.layer = layer
    self.filters = try filters.map(Self.list)
    guard (1...Self.mostPictures).contains(pictures) else {
      throw RunError(
        "--pictures must be a whole number from 1 to \(Self.mostPictures), and is \(pictures)",
        code: RunExit.usage)
    }
    self.pictures = pictures
    self.seed = seed
    self.scale = try scale.map { try SheetFile.checked(scale: $0) }
    self.out = try SheetFile.checked(out: out)
    if let raw, Folder.isFolder(raw) {
      throw RunError(
        "--raw \(raw) is a folder, and the numbers go into one file: name a file in it", code: RunExit.usage)
    }
    self.raw = raw
    self.threads = threads
  }

  private static func list(_ text: String) throws -> [Int] {
    let filters = try SeedList(text, of: "--filters", counting: "filters").seeds.map(Int.init)
    var named: Set<Int> = []
    for filter in filters where !named.insert(filter).inserted {
      throw RunError("--filters \(text) names \(filter) twice", code: RunExit.usage)
    }
    return filters
  }
}
