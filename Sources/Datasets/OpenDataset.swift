import Foundation

/// The word that stands for the built-in faces where a path to data is expected.
package let builtInFacesName = "faces"

/// Opens the data that `--data` names: `faces`, a folder of pictures, or an IDX file.
///
/// Damaged pictures of a folder are replaced (``TolerantDataset``). The data set returned does not keep drawn
/// pictures in memory; ``CachedDataset`` does.
/// - Parameters:
///   - specification: `faces` or a path.
///   - size: pictures are size x size.
///   - channels: 1 or 3.
///   - fit: how pictures of another shape are fitted; not used for the built-in faces.
///   - faceCount: how many faces the built-in set has.
///   - faceSeed: the seed of the built-in faces.
///   - labels: where the labels of a folder or an IDX file come from.
///   - progress: is called after every file while a folder is searched.
///   - report: is given one sentence for each damaged picture, from the thread that met it.
/// - Throws: ``DatasetError``.
package func openDataset(
  _ specification: String, size: Int, channels: Int = 3, fit: Fit = .stretch,
  faceCount: Int = ProceduralFaces.defaultCount, faceSeed: UInt64 = 1, labels: LabelSource = .automatic,
  progress: @escaping () -> Void = {}, report: @escaping @Sendable (String) -> Void = { _ in }
) throws -> any PictureDataset {
  if specification == builtInFacesName {
    switch labels {
    case .automatic, .none: break
    case .csv, .folders:
      throw DatasetError.labels(
        source: specification,
        problem: "the built-in faces bring their own, hair and eyes; labels are named only for a folder")
    }
    return try ProceduralFaces(count: faceCount, size: size, channels: channels, seed: faceSeed)
  }
  if isFile(specification) {
    return try IDXDataset(path: specification, size: size, channels: channels, fit: fit, labels: labels)
  }
  let folder = try FolderDataset(
    folder: specification, size: size, channels: channels, fit: fit, labels: labels, progress: progress)
  return TolerantDataset(folder, report: report)
}

/// Whether a plain file is at the path.
private func isFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}
