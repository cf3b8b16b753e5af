import Foundation
import TestSupport

/// A data set as MNIST's files are: `my-images-idx3-ubyte` with its labels beside it.
struct MadeIDX {
  /// 40 pictures, of 14 rows and 10 columns.
  var count = 40
  var rows = 14
  var columns = 10
  /// The largest label; the smallest is 0.
  var largest = 9
  static let name = "my-images-idx3-ubyte"

  /// Writes both files into `folder`.
  func write(to folder: Scratch) throws {
    func header(_ sides: [Int]) -> [UInt8] {
      [0, 0, 8, UInt8(sides.count)] + sides.flatMap { [0, 0, 0, UInt8($0)] }
    }
    let size = rows * columns
    let pixels = (0..<count * size).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / size) }
    let labels = (0..<count).map { UInt8($0 % (largest + 1)) }
    try Data(header([count, rows, columns]) + pixels)
      .write(to: URL(fileURLWithPath: folder.path + "/" + Self.name))
    try Data(header([count]) + labels)
      .write(to: URL(fileURLWithPath: folder.path + "/my-labels-idx1-ubyte"))
  }
}
