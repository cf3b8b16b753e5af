import Wording

/// The gray pictures of an IDX file such as MNIST's, with their labels.
///
/// The whole file is read and checked at the start, so drawing a picture cannot fail later. Its bytes stay in
/// memory: MNIST's 60,000 pictures take 47 MB.
package struct IDXDataset: PictureDataset {
  /// How many pictures there are.
  package let count: Int
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1, or 3 channels that are all equal.
  package let channels: Int
  /// How pictures of another shape are fitted.
  package let fit: Fit
  /// One group; nil without labels.
  package let labels: LabelTable?
  /// A hash of all pixels and labels.
  package let fingerprint: UInt64
  private let path: String
  private let file: IDXFile

  /// Reads a file of pictures.
  /// - Parameters:
  ///   - path: the file, plain or gzipped.
  ///   - size: the side of the pictures drawn, at least 1.
  ///   - channels: 1 or 3.
  ///   - fit: how a picture of another shape becomes a square.
  ///   - labels: `automatic` takes the file of labels beside `path` that has MNIST's name for it, if there is
  ///     one; `csv` names an IDX file of labels; `folders` is an error.
  /// - Throws: ``DatasetError`` if either file cannot be read or is of another kind, or if there are not as many
  ///   labels as pictures.
  package init(
    path: String, size: Int, channels: Int = 1, fit: Fit = .stretch, labels source: LabelSource = .automatic
  ) throws {
    try checkShape(size: size, channels: channels)
    file = try IDXFile(path: path, holding: .pictures)
    self.path = path
    count = file.dimensions[0]
    self.size = size
    self.channels = channels
    self.fit = fit
    switch source {
    case .none: labels = nil
    case .automatic:
      labels = try IDXLabels.fileBeside(path).map { [count] in try IDXLabels.table(path: $0, count: count) }
    case .csv(let other): labels = try IDXLabels.table(path: other, count: count)
    case .folders:
      throw DatasetError.labels(
        source: path,
        problem:
          "pictures of an IDX file lie in no folders; name an IDX file of labels, or leave --labels out")
    }
    var hash = Fingerprint()
    hash.add("idx")
    for side in file.dimensions { hash.add(UInt64(side)) }
    hash.add(file.bytes[file.start...])
    labels?.add(to: &hash)
    fingerprint = hash.value
  }

  /// True if a picture is drawn exactly as it lies in the file.
  package var isInMemory: Bool { channels == 1 && file.dimensions[1] == size && file.dimensions[2] == size }

  /// Such as `60000 pictures of 28 x 28 in train-images-idx3-ubyte.gz, labelled by digit`.
  package var describe: String {
    var text =
      "\(counted(count, "picture")) of \(file.dimensions[2]) x \(file.dimensions[1]) in \(path)"
    if let labels { text += ", labelled by " + labels.groups.map(\.name).joined(separator: ", ") }
    return text
  }

  /// Writes picture `index`, fitted; of three channels each is the gray one.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    precondition(index >= 0 && index < count, "a picture lies within its set")
    let (height, width) = (file.dimensions[1], file.dimensions[2])
    file.bytes.withUnsafeBufferPointer { bytes in
      PictureResizer.resize(
        bytes.baseAddress! + file.start + index * width * height, width: width, height: height, channels: 1,
        fit: fit, into: pixels, size: size)
    }
    guard channels == 3 else { return index }
    // From the end, so that no gray pixel is overwritten before it was read.
    for place in (0..<size * size).reversed() {
      let gray = pixels[place]
      (pixels + 3 * place).update(repeating: gray, count: 3)
    }
    return index
  }
}
