import Cluster
import Drawing
import Networks
import Tensors
import Wording

/// The filters of one convolution of a D.
struct FilterChoice {
  /// The convolution.
  let maps: FeatureMaps
  /// Its filters: channels of the maps, each once.
  let filters: [Int]
  /// Each pixel of a picture becomes a square of scale x scale pixels of the sheet.
  let scale: Int

  /// The filters that were asked for.
  /// - Parameter network: D of `architecture`, with any weights.
  /// - Throws: `RunError` with code 64 where D has no such layer or filter, or the sheet would be too large; with code 1
  ///   where it has no filters to look into.
  init(_ request: FilterRequest, _ network: Network, of architecture: Architecture) throws {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    let name = architecture.name
    if let conditions = architecture.conditions, conditions.planes {
      throw RunError(
        "D of \(name) is given the labels with each picture, and here it is shown pictures alone: take a D that is trained "
          + "without labels, or with --acgan")
    }
    let all = network.featureMaps
    guard let last = all.last else {
      throw RunError(
        "D of \(name) has no convolution before its output, and so no filters to look into")
    }
    guard let layer = request.layer else {
      maps = last
      (filters, scale) = try Self.check(request, last, architecture.picture)
      return
    }
    guard let found = all.first(where: { $0.name == layer || $0.name == "\(network.name).main.\(layer)" })
    else {
      throw wrong(
        "--layer \(layer): D of \(name) has no such convolution before its output; it has "
          + listed(all.map { "\($0.name) (\($0.shape))" }, with: "and"))
    }
    maps = found
    (filters, scale) = try Self.check(request, found, architecture.picture)
  }

  private static func check(
    _ request: FilterRequest, _ maps: FeatureMaps, _ picture: PictureShape
  ) throws -> (filters: [Int], scale: Int) {
    let count = maps.shape.channels
    let filters = request.filters ?? Array(0..<min(FilterRequest.usualFilters, count))
    if let none = filters.first(where: { $0 >= count }) {
      throw RunError(
        "--filters: \(maps.name) has \(counted(count, "filter")), 0 to \(count - 1), and no \(none)",
        code: RunExit.usage)
    }
    let scale = request.scale ?? max(1, (FilterRequest.leastSide + picture.width - 1) / picture.width)
    let size = PairSheet.size(
      rows: filters.count, columns: request.pictures, blocks: 2, width: picture.width * scale,
      height: picture.height * scale)
    guard size.width * size.height <= Sheet.mostPixels else {
      throw RunError(
        "a sheet of \(counted(filters.count, "filter")) with \(counted(request.pictures, "picture")) each, "
          + "\(grouped(size.width)) x \(grouped(size.height)) pixels, is too large: take fewer --filters or --pictures, or a "
          + "smaller --scale", code: RunExit.usage)
    }
    return (filters, scale)
  }
}
