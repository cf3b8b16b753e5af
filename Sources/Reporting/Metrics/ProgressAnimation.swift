import Drawing
import Files

/// `progress.gif`: the sheets of the fixed z one after the other, as the generator learns.
///
/// Bounded for a run of any length: at most `mostFrames` of the sheets, evenly spaced, the first and the last among
/// them, and at most `mostPixels` in all frames together; sheets with a side above `longestSide` are shrunk by a whole
/// number. One sheet at a time is in memory beside the file.
package struct ProgressAnimation: Sendable {
  /// The most frames of an animation.
  package static let mostFrames = 100
  /// The most pixels of all its frames, unless two have more. Sheets of faces take a little more than a
  /// byte a pixel.
  package static let mostPixels = 24_000_000
  /// The longest side of a frame.
  package static let longestSide = 1_100

  /// Frames a second.
  package var framesPerSecond: Double

  /// An animation of so many frames a second, above 0.
  package init(framesPerSecond: Double) {
    precondition(framesPerSecond > 0, "an animation goes on")
    self.framesPerSecond = framesPerSecond
  }

  /// How long a frame stays, in the format's hundredths of a second. Browsers take less than 2 for 10.
  package var centiseconds: Int { Int(min(65_535, max(2, (100 / framesPerSecond).rounded()))) }

  /// What `write` did.
  package struct Outcome: Equatable, Sendable {
    /// The frames that were written; none: no file was.
    package var frames: Int
    /// A sentence for each sheet that was left out because it cannot be shown.
    package var complaints: [String]

    /// An outcome from its parts.
    package init(frames: Int, complaints: [String]) {
      self.frames = frames
      self.complaints = complaints
    }
  }

  /// Writes the animation of a run's sheets up to `step`, whole or not at all. A sheet that cannot be read, or of
  /// another size than the newest, is left out.
  /// - Parameter beat: called between frames.
  /// - Throws: `FileError`; a file that was there is then untouched.
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
    var file = GIFFile(width: last.width, height: last.height, centiseconds: centiseconds)
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

  /// The sheets that become frames of so many pixels each: evenly spaced, the first and the last among them.
  package static func chosen(_ steps: [Int], pixels: Int) -> [Int] {
    let most = max(2, min(mostFrames, mostPixels / max(1, pixels)))
    guard steps.count > most else { return steps }
    return (0..<most).map { steps[$0 * (steps.count - 1) / (most - 1)] }
  }
}
