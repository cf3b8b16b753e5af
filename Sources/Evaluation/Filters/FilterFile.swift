import Checkpoints
import Models
import Tensors

/// Responses of filters as a safetensors file, for other tools: float32 `pictures` [N, C, H, W] as D reads them, their
/// `gradients` [N, C, H, W] and `values` [N]; int64 `filter` [N], `picture` [N] (the index in the data set) and `position`
/// [N, 2] (row and column of the value in the maps).
enum FilterFile {
  /// Writes the file.
  /// - Parameter form: the shape of a picture.
  /// - Throws: `FileError`.
  static func write(_ responses: [FilterResponse], _ form: PictureShape, to path: String) throws {
    func whole(_ name: String, _ numbers: [Int], shape: [Int] = []) -> TensorEntry {
      TensorEntry(name: name, type: .int64, shape: [responses.count] + shape) { bytes in
        for (place, number) in numbers.enumerated() {
          bytes.storeBytes(of: Int64(number).littleEndian, toByteOffset: 8 * place, as: Int64.self)
        }
      }
    }
    let values = TensorEntry(name: "values", type: .float32, shape: [responses.count]) { bytes in
      _ = bytes.bindMemory(to: Float.self).update(from: responses.map(\.excitation.value))
    }
    try Safetensors.write(
      [
        TensorEntry(name: "pictures", pictures: responses.flatMap(\.pixels), form),
        TensorEntry(name: "gradients", pictures: responses.flatMap(\.gradient), form),
        values, whole("filter", responses.map(\.filter)),
        whole("picture", responses.map(\.excitation.picture)),
        whole("position", responses.flatMap { [$0.row, $0.column] }, shape: [2]),
      ], to: path)
  }
}
