import Datasets
import Networks
import Tensors

/// A picture that excites a filter, and what in it does.
package struct FilterResponse: Equatable, Sendable {
  /// The filter: a channel of the maps.
  package var filter: Int
  /// The picture, and how much it excites the filter.
  package var excitation: Excitation
  /// The row of the maps where the filter's value is largest; the first place in reading order where several are.
  package var row: Int
  /// The column of the maps.
  package var column: Int
  /// The picture as D reads it, HWC.
  package var pixels: [Float]
  /// The gradient of that value with respect to the picture by guided backpropagation, HWC.
  package var gradient: [Float]
}

/// Finds what in pictures excites filters.
package enum FilterResponses {
  /// Goes back by guided backpropagation from the largest value of a filter's map.
  /// - Parameters:
  ///   - lists: the pictures of each of `filters`.
  ///   - discriminator: the D that they excite.
  ///   - dataset: where the pictures are drawn from.
  /// - Returns: for each filter its responses, in the order of its pictures.
  /// - Throws: `DatasetError`; errors of the network's passes.
  package static func find(
    _ lists: [[Excitation]], filters: [Int], _ maps: FeatureMaps, of discriminator: EvaluatedDiscriminator,
    among dataset: any PictureDataset
  ) throws -> [[FilterResponse]] {
    let room = EvaluatedDiscriminator.room
    let size = dataset.bytesPerPicture
    let all = lists.indices.flatMap { place in lists[place].map { (place: place, excitation: $0) } }
    let dy = FloatBuffer(count: room * maps.shape.count)
    let dx = FloatBuffer(count: room * size)
    var bytes = [UInt8](repeating: 0, count: room * size)
    var found: [[FilterResponse]] = Array(repeating: [], count: lists.count)
    for begin in stride(from: 0, to: all.count, by: room) {
      let part = all[begin..<min(begin + room, all.count)]
      try bytes.withUnsafeMutableBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return }
        for (sample, wanted) in part.enumerated() {
          try dataset.draw(wanted.excitation.picture, into: start + sample * size)
        }
        try discriminator.show(UnsafePointer(start), samples: part.count)
      }
      dy.data.update(repeating: 0, count: part.count * maps.shape.count)
      let values = UnsafePointer(discriminator.network.values(of: maps))
      let places = part.enumerated().map { sample, wanted in
        sample * maps.shape.count
          + largest(values + sample * maps.shape.count, maps.shape, channel: filters[wanted.place])
      }
      for place in places { dy.data[place] = 1 }
      try discriminator.network.guidedBackward(
        from: maps, x: discriminator.shown, dy: dy.data, into: dx.data, discriminator.pass)
      for (sample, (wanted, place)) in zip(part, places).enumerated() {
        let pixel = place % maps.shape.count / maps.shape.channels
        func numbers(_ data: UnsafePointer<Float>) -> [Float] {
          Array(UnsafeBufferPointer(start: data + sample * size, count: size))
        }
        found[wanted.place].append(
          FilterResponse(
            filter: filters[wanted.place], excitation: wanted.excitation, row: pixel / maps.shape.width,
            column: pixel % maps.shape.width, pixels: numbers(discriminator.shown), gradient: numbers(dx.data)
          ))
      }
    }
    return found
  }

  /// The place of the first largest value of a channel, among all numbers of one sample's maps.
  private static func largest(_ values: UnsafePointer<Float>, _ shape: PictureShape, channel: Int) -> Int {
    var best = channel
    for place in stride(from: channel, to: shape.count, by: shape.channels) where values[place] > values[best]
    {
      best = place
    }
    return best
  }
}
