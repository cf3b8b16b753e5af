/// A walk through a series of inputs of G.
///
/// z goes along a `LatentPath`. Codes and one-hot labels go along the straight line, so that between two classes G is given
/// a mixture of both.
package struct InputWalk: Sendable {
  /// The inputs that the walk goes through, at least two: z, codes, one-hot labels.
  package let stations: [[Float]]
  /// How many of an input's numbers are z.
  package let latent: Int
  /// How z goes from one station to the next.
  package let path: LatentPath
  /// How many frames there are from one station to the next, the first station's among them.
  package let frames: Int
  /// Whether the walk returns from the last station to the first.
  package let loops: Bool

  /// A walk from its parts.
  package init(stations: [[Float]], latent: Int, path: LatentPath, frames: Int, loops: Bool) {
    precondition(stations.count > 1 && frames > 0, "a walk goes from one input to another")
    self.stations = stations
    self.latent = latent
    self.path = path
    self.frames = frames
    self.loops = loops
  }

  /// How many legs a walk through so many stations has.
  package static func legs(stations: Int, loops: Bool) -> Int { loops ? stations : stations - 1 }

  /// How many inputs `once` has for a walk through so many stations.
  package static func count(stations: Int, frames: Int, loops: Bool) -> Int {
    legs(stations: stations, loops: loops) * frames + (loops ? 0 : 1)
  }

  /// The inputs of all frames, one after the other. Each station is there once: a walk that returns ends one frame before
  /// the first station, where it begins again.
  package var once: [Float] {
    legs.flatMap { leg in (0..<frames).flatMap { input(leg, frame: $0) } }
      + (loops ? [] : stations.last ?? [])
  }

  /// The inputs leg by leg, each leg with both of its stations, `frames` + 1 inputs.
  package var legByLeg: [Float] { legs.flatMap { leg in (0...frames).flatMap { input(leg, frame: $0) } } }

  private var legs: Range<Int> { 0..<Self.legs(stations: stations.count, loops: loops) }

  private func input(_ leg: Int, frame: Int) -> [Float] {
    let (from, to) = (stations[leg], stations[(leg + 1) % stations.count])
    let t = Double(frame) / Double(frames)
    return path.between(from[..<latent], to[..<latent], at: t)
      + LatentPath.linear.between(from[latent...], to[latent...], at: t)
  }
}
