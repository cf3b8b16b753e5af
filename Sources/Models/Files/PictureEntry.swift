import Checkpoints
import Tensors

extension TensorEntry {
  /// Pictures as PyTorch has them: float32, [N, C, H, W].
  /// - Parameters:
  ///   - pictures: the pictures, NHWC.
  ///   - form: the shape of each.
  package init(name: String, pictures: [Float], _ form: PictureShape) {
    let count = pictures.count / form.count
    self.init(name: name, type: .float32, shape: [count, form.channels, form.height, form.width]) { bytes in
      let target = bytes.bindMemory(to: Float.self)
      for n in 0..<count {
        for p in 0..<form.pixels {
          for c in 0..<form.channels {
            target[(n * form.channels + c) * form.pixels + p] =
              pictures[(n * form.pixels + p) * form.channels + c]
          }
        }
      }
    }
  }
}
