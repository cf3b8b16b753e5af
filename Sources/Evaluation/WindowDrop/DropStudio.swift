import Communication
import Drawing
import Models
import Networks
import Tensors

/// Makes G's pictures with and without some of the maps of one of its convolutions. Each rank makes its share of a list of
/// seeds.
final class DropStudio {
  /// The maps.
  let maps: FeatureMaps
  /// The shape of a picture.
  let form: PictureShape
  private let sampler: Sampler
  private let communicator: any Communicator
  private let pool: ThreadPool

  /// How many pictures are made at a time.
  static let room = 64

  init(
    _ sampler: Sampler, _ maps: FeatureMaps, form: PictureShape, on communicator: any Communicator,
    pool: ThreadPool
  ) {
    self.sampler = sampler
    self.maps = maps
    self.form = form
    self.communicator = communicator
    self.pool = pool
  }

  /// The positions of the maps.
  var grid: Grid { Grid(maps.shape) }

  /// What a judge says of the pictures of seeds. Collective.
  /// - Throws: errors of the networks' forward passes and of the message layer.
  func sightings(
    of seeds: [UInt64], by judge: ObjectJudge, progress: (_ done: Int) -> Void
  ) throws -> [Sighting] {
    // The bits of each picture's value, and then a bit for each pixel: whether it shows the object.
    let size = 1 + (form.pixels + 63) / 64
    var all = [UInt64](repeating: 0, count: seeds.count * size)
    try each(seeds) { places, pictures in
      let values = try pictures.withBytes { try judge.values($0, samples: places.count) }
      for (sample, place) in places.enumerated() {
        all[place * size] = values[sample].bitPattern
        guard values[sample] > 0, let mask = judge.mask(of: sample) else { continue }
        for (pixel, isIn) in mask.pixels.enumerated() where isIn {
          all[place * size + 1 + pixel / 64] |= 1 << UInt64(pixel % 64)
        }
      }
      progress(places.upperBound)
    }
    try communicator.allReduce(&all, .bitwiseOr)
    return seeds.indices.map { place in
      let value = Double(bitPattern: all[place * size])
      let pixels = (0..<form.pixels).map { all[place * size + 1 + $0 / 64] >> UInt64($0 % 64) & 1 == 1 }
      guard pixels.contains(true) else { return Sighting(value: value) }
      return Sighting(value: value, mask: PictureMask(height: form.height, width: form.width, pixels: pixels))
    }
  }

  /// Hands out this rank's share of the pictures of seeds, with their places in the list.
  /// - Parameter without: the maps that are left out of a picture of the list; nil: none.
  /// - Throws: errors of G's forward pass, and what `body` throws.
  func each(
    _ seeds: [UInt64], without: ((Int) -> [Int])? = nil, _ body: (Range<Int>, SheetPictures) throws -> Void
  ) throws {
    try make(seeds) { places, pixels in
      guard let without else { return try body(places, bytes(pixels, places.count)) }
      let values = sampler.values(of: maps)
      for (sample, place) in places.enumerated() { leave(without(place), outOf: sample, values) }
      try body(places, bytes(try sampler.remake(after: maps), places.count))
    }
  }

  /// The numbers of the maps at the positions of a plan.
  /// - Returns: [rows][maps], of this rank's share; other rows are 0.
  /// - Throws: errors of G's forward pass.
  func rows(_ plan: CellPlan, of seeds: [UInt64]) throws -> FeatureTable {
    let channels = maps.shape.channels
    let rows = FeatureTable(pictures: plan.count, count: channels)
    try make(seeds) { places, _ in
      let values = sampler.values(of: maps)
      for (sample, place) in places.enumerated() {
        for row in plan.rows[place] {
          (rows.values.data + row.place * channels).update(
            from: values + sample * maps.shape.count + row.cell * channels, count: channels)
        }
      }
    }
    return rows
  }

  /// What becomes of a picture without some maps.
  struct Change: Equatable {
    /// The judge's value for the picture without the maps.
    var value: Double
    /// As `PictureDifference.outside`.
    var outside: Double
    /// As `PictureDifference.inside`; nil: the mask has no pixel.
    var inside: Double?
  }

  /// How pictures change without some maps. Collective.
  /// - Parameters:
  ///   - masks: where each picture shows the object; nil: it does not.
  ///   - sets: which maps are left out together.
  /// - Returns: for each set a change of each picture.
  /// - Throws: errors of the networks' forward passes and of the message layer.
  func changes(
    of seeds: [UInt64], masks: [PictureMask?], without sets: [[Int]], by judge: ObjectJudge,
    progress: (_ done: Int) -> Void = { _ in }
  ) throws -> [[Change]] {
    var all = [Double](repeating: 0, count: sets.count * seeds.count * 3)
    try make(seeds) { places, pixels in
      let before = bytes(pixels, places.count)
      let near = places.map { masks[$0]?.grown(by: PictureDifference.margin(form)) }
      try withoutMaps(sets, samples: places.count) { set, pixels in
        let after = bytes(pixels, places.count)
        let values = try after.withBytes { try judge.values($0, samples: places.count) }
        for (sample, place) in places.enumerated() {
          let at = (set * seeds.count + place) * 3
          let difference = PictureDifference(
            before, after, sample, inside: masks[place], near: near[sample])
          all[at] = values[sample]
          all[at + 1] = difference.outside
          all[at + 2] = difference.inside
        }
      }
      progress(places.upperBound)
    }
    try communicator.allReduce(&all, .sum)
    return sets.indices.map { set in
      seeds.indices.map { place in
        let at = (set * seeds.count + place) * 3
        let isKnown = (masks[place]?.count ?? 0) > 0
        return Change(value: all[at], outside: all[at + 1], inside: isKnown ? all[at + 2] : nil)
      }
    }
  }

  /// The pictures of seeds, whole and without each of some sets of maps, on this rank alone: all are made here.
  /// - Throws: errors of G's forward pass.
  func pictures(of seeds: [UInt64], without sets: [[Int]]) throws -> [SheetPictures] {
    var made = [[UInt8]](repeating: [], count: 1 + sets.count)
    try make(seeds, share: seeds.indices) { places, pixels in
      made[0] += bytes(pixels, places.count).bytes
      try withoutMaps(sets, samples: places.count) { set, pixels in
        made[1 + set] += bytes(pixels, places.count).bytes
      }
    }
    return made.map {
      SheetPictures(
        count: seeds.count, height: form.height, width: form.width, channels: form.channels, bytes: $0)
    }
  }

  // MARK: Batches

  private func make(
    _ seeds: [UInt64], share: Range<Int>? = nil, _ body: (Range<Int>, UnsafePointer<Float>) throws -> Void
  ) throws {
    let share =
      share ?? RankPictures.share(of: seeds.count, rank: communicator.rank, size: communicator.size)
    let inputs = sampler.inputs(seeds[share].map { .generated(seed: $0) })
    try sampler.make(inputs) { places, pixels in
      try body(share.lowerBound + places.lowerBound..<share.lowerBound + places.upperBound, pixels)
    }
  }

  /// Makes the batch at hand once more without each of some sets of maps. The maps are whole again afterwards.
  private func withoutMaps(
    _ sets: [[Int]], samples: Int, _ body: (_ set: Int, UnsafePointer<Float>) throws -> Void
  ) throws {
    let values = sampler.values(of: maps)
    let whole = FloatBuffer(count: samples * maps.shape.count)
    whole.data.update(from: values, count: whole.count)
    for (number, set) in sets.enumerated() {
      values.update(from: whole.data, count: whole.count)
      for sample in 0..<samples { leave(set, outOf: sample, values) }
      try body(number, try sampler.remake(after: maps))
    }
    values.update(from: whole.data, count: whole.count)
  }

  private func leave(_ set: [Int], outOf sample: Int, _ values: UnsafeMutablePointer<Float>) {
    let channels = maps.shape.channels
    let first = values + sample * maps.shape.count
    for map in set { for pixel in 0..<maps.shape.pixels { first[pixel * channels + map] = 0 } }
  }

  private func bytes(_ pixels: UnsafePointer<Float>, _ samples: Int) -> SheetPictures {
    SheetPictures(
      count: samples, height: form.height, width: form.width, channels: form.channels,
      pixels: UnsafeBufferPointer(start: pixels, count: samples * form.count),
      range: sampler.pixelRange.ofSheets)
  }
}
