import CImageCodecs
import Foundation
import Wording

/// Writes the built-in faces as files that other data loaders can read: `00000.png`, `00001.png` ... and
/// `labels.csv`.
///
/// Each file is written under a temporary name and then renamed, so that no file is ever partly written;
/// `labels.csv` is written last.
/// - Parameters:
///   - folder: where to write; made, with its parents, if it is missing.
///   - count: how many faces.
///   - size: the side of the pictures in pixels.
///   - channels: 1 or 3.
///   - seed: the seed of the faces.
///   - overwrite: whether to write into a folder that is not empty. Then numbered PNG files of an earlier call
///     that are not among the `count` faces are removed, so that pictures and labels agree, and so are unfinished
///     files of a call that was killed.
///   - progress: is given the number of faces written, after each.
/// - Throws: ``DatasetError``.
package func writeFaces(
  to folder: String, count: Int = ProceduralFaces.defaultCount, size: Int = 64, channels: Int = 3,
  seed: UInt64 = 1,
  overwrite: Bool = false, progress: (Int) throws -> Void = { _ in }
) throws {
  let faces = try ProceduralFaces(count: count, size: size, channels: channels, seed: seed)
  do {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  } catch {
    throw DatasetError.cannotWrite(path: folder, reason: "the folder cannot be made here")
  }
  guard let present = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
    throw DatasetError.unreadable(path: folder, reason: PictureFile.systemReason())
  }
  guard present.isEmpty || overwrite else { throw DatasetError.folderNotEmpty(folder) }
  let digits = max(5, String(count - 1).count)
  func name(_ index: Int) -> String { zeroPadded(index, to: digits) + ".png" }
  // Removed first, so that the old labels never lie beside the new pictures.
  if present.contains(LabelSource.defaultFile) { try remove("\(folder)/\(LabelSource.defaultFile)") }
  for old in present {
    if old.hasSuffix(unfinished) {
      let whole = String(old.dropLast(unfinished.count))
      if whole == LabelSource.defaultFile || faceNumber(whole) != nil { try remove("\(folder)/\(old)") }
    } else if let number = faceNumber(old), number >= count || name(number) != old {
      try remove("\(folder)/\(old)")
    }
  }
  var pixels = [UInt8](repeating: 0, count: faces.bytesPerPicture)
  var table = "file,hair,eyes\n"
  for index in 0..<count {
    _ = try pixels.withUnsafeMutableBufferPointer { try faces.draw(index, into: $0.baseAddress!) }
    try writeWhole("\(folder)/\(name(index))", try encodePNG(pixels, size: size, channels: channels))
    let traits = faces.traits(of: index)
    let hair = ProceduralFaces.hairColours[traits.hairColour].name
    let eyes = ProceduralFaces.eyeColours[traits.eyeColour].name
    table += "\(name(index)),\(CommaSeparated.quoted(hair)),\(CommaSeparated.quoted(eyes))\n"
    try progress(index + 1)
  }
  try writeWhole("\(folder)/\(LabelSource.defaultFile)", Array(table.utf8))
}

/// The suffix of a file's name until the file is whole. A call that is killed leaves such a file; the next call
/// removes it.
private let unfinished = ".part"

/// The number in the name of a face's file, such as `00017.png`; nil for another name.
private func faceNumber(_ name: String) -> Int? {
  guard name.hasSuffix(".png") else { return nil }
  let stem = name.dropLast(4)
  guard stem.count >= 5, stem.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
  return Int(stem)
}

private func remove(_ path: String) throws {
  guard unlink(path) == 0 else {
    throw DatasetError.cannotWrite(path: path, reason: PictureFile.systemReason())
  }
}

private func encodePNG(_ pixels: [UInt8], size: Int, channels: Int) throws -> [UInt8] {
  var encoded: UnsafeMutablePointer<UInt8>?
  var length = 0
  defer { cimage_free(encoded) }
  try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
    let result = cimage_png_encode(
      pixels, Int32(size), Int32(size), Int32(channels), &encoded, &length, reason.baseAddress, reason.count)
    guard result == 0 else {
      throw DatasetError.cannotWrite(
        path: "a picture", reason: String(cString: UnsafePointer(reason.baseAddress!)))
    }
  }
  return Array(UnsafeBufferPointer(start: encoded, count: length))
}

/// Writes a file so that it is either the old one or the new one, never a part.
private func writeWhole(_ path: String, _ bytes: [UInt8]) throws {
  let temporary = path + unfinished
  let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard file >= 0 else { throw DatasetError.cannotWrite(path: path, reason: PictureFile.systemReason()) }
  func failed() -> DatasetError {
    let reason = PictureFile.systemReason()
    unlink(temporary)
    return DatasetError.cannotWrite(path: path, reason: reason)
  }
  var position = 0
  while position < bytes.count {
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress! + position, bytes.count - position) }
    if written < 0 && errno == EINTR { continue }
    guard written > 0 else {
      let error = failed()
      close(file)
      throw error
    }
    position += written
  }
  guard close(file) == 0 else { throw failed() }
  guard rename(temporary, path) == 0 else { throw failed() }
}
