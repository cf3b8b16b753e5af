import Cluster
import Files

/// Checks what a person says of a sheet that is a command's only picture.
package enum SheetFile {
  /// The largest enlargement.
  package static let mostScale = 32

  /// Checks the enlargement of pictures, `--scale`.
  /// - Throws: `RunError` with code 64.
  package static func checked(scale: Int) throws -> Int {
    guard (1...mostScale).contains(scale) else {
      throw RunError(
        "--scale must be a whole number from 1 to \(mostScale), and is \(scale)", code: RunExit.usage)
    }
    return scale
  }

  /// Checks the path of the sheet, `--out`.
  /// - Throws: `RunError` with code 64 for a folder, and for a name that is not a PNG file's.
  package static func checked(out: String) throws -> String {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    guard !Folder.isFolder(out) else {
      throw wrong("--out \(out) is a folder, and the sheet goes into one file: name a file in it")
    }
    guard out.lowercased().hasSuffix(".png") else {
      throw wrong("--out \(out): the sheet is a PNG file, so its name must end in .png")
    }
    return out
  }
}
