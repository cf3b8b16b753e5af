import Drawing
import Files

/// `progress.gif`: an animation of the sheets of the fixed z, which shows the generator's progress.
///
/// Its size is bounded for a run of any length: it has at most `mostFrames` of the sheets, evenly spaced, the first and
/// the last among them, and at most `mostPixels` in all frames together. Sheets with a side above `longestSide` are
/// shrunk by a whole factor. Beside the file, the newest sheet and one other are in memory.
package struct ProgressAnimation: Sendable {
  /// The most frames of an animation.
  package static let mostFrames = 100
  /// The most pixels of all frames together, unless two frames have more. Sheets of faces take a little more than one
  /// byte for each pixel.
  package static let mostPixels = 24_000_000
  /// The longest side of a frame, in pixels.
  package static let longestSide = 1_100

  /// Frames a second.
  package var framesPerSecond: Double

  /// An animation of this many frames a second, above 0.
  package init(framesPerSecond: Double) {
    precondition(framesPerSecond > 0, "an animation goes on")
    self.framesPerSecond = framesPerSecond
  }

  /// The result of `write`.
  package struct Outcome: Equatable, Sendable {
    /// How many frames were written; 0 if no file was written.
    package var frames: Int
    /// A sentence for each sheet that could not be shown and was left out.
    package var complaints: [String]

    /// An outcome from its parts.
    package init(frames: Int, complaints: [String]) {
      self.frames = frames
      self.complaints = complaints
    }
  }

  /// Writes the animation of a run's sheets up to `step`, wholly or not at all. A sheet is left out if it cannot be
  /// read or differs in size from the newest.
  /// - Parameter beat: is called before each frame.
  /// - Throws: `FileError`; an older file is then unchanged.
  package func write(_ folder: RunFolder, upTo step: Int, beat: () -> Void = {}) throws -> Outcome {
    var outcome = Outcome(frames: 0, complaints: [])
    var steps = folder.sampleSteps().filter { $0 <= step }
    func sheet(_ step: Int) -> Raster? {
      do {
        return try Raster(contentsOf: folder.sample(step: step))
      } catch {
        outcome.complaints.append("\(error); it is left out of \(folder.animation)")
        return nil
      }
    }
    var newest: Raster?
    while newest == nil, let last = steps.last {
      newest = sheet(last)
      if newest == nil { steps.removeLast() }
    }
    guard let newest else { return outcome }
    let asked = (max(newest.width, newest.height) + Self.longestSide - 1) / Self.longestSide
    let factor = min(asked, newest.width, newest.height)
    guard max(newest.width, newest.height) / factor <= GIFFile.largestSide else {
      outcome.complaints.append(
        "\(folder.animation) is not written, as the sheets are too wide or too high for a GIF")
      return outcome
    }
    let last = newest.shrunk(by: factor)
    var file = GIFFile(
      width: last.width, height: last.height,
      centiseconds: GIFFile.centiseconds(framesPerSecond: framesPerSecond))
    for step in Self.chosen(steps, pixels: last.width * last.height) {
      beat()
      guard let picture = step == steps.last ? newest : sheet(step) else { continue }
      guard picture.width == newest.width, picture.height == newest.height else {
        outcome.complaints.append(
          "\(folder.sample(step: step)) is \(picture.width) x \(picture.height) and the newest sheet \(newest.width) x "
            + "\(newest.height); it is left out of \(folder.animation)")
        continue
      }
      file.append(picture.shrunk(by: factor).indexed(dithers: true))
      outcome.frames += 1
    }
    try AtomicFile.write(file.finished(), to: folder.animation)
    return outcome
  }

  /// The steps whose sheets become frames: evenly spaced, the first and the last among them.
  /// - Parameter pixels: the pixels of one frame.
  package static func chosen(_ steps: [Int], pixels: Int) -> [Int] {
    let most = max(2, min(mostFrames, mostPixels / max(1, pixels)))
    guard steps.count > most else { return steps }
    return (0..<most).map { steps[$0 * (steps.count - 1) / (most - 1)] }
  }
}
