/// What can be wrong with data. Each description is one plain sentence.
package enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// Nothing is at the path.
  case noSuchFolder(String)
  /// A plain file, not a folder, is at the path.
  case notAFolder(String)
  /// The system would not let a file or folder be read.
  case unreadable(path: String, reason: String)
  /// A folder without pictures; `found` counts the files that are something else.
  case noPictures(folder: String, found: String)
  /// A file of another kind than the one needed; `what` ends the sentence that starts with `PATH is`.
  case otherFile(path: String, what: String)
  /// One picture whose content is damaged.
  case damaged(file: String, reason: String)
  /// More than a tenth of the pictures are damaged; `examples` names the first few.
  case tooManyDamaged(damaged: Int, of: Int, examples: [String])
  /// A batch cannot be filled without repeating pictures.
  case fewerPicturesThanBatch(pictures: Int, batch: Int)
  /// A number that no plan or picture can have; the value is the whole sentence.
  case badNumber(String)
  /// A file that is not an IDX file of the kind needed.
  case idx(file: String, problem: String)
  /// A label file or folder that does not fit the pictures.
  case labels(source: String, problem: String)
  /// Pictures were to be written into a folder that holds something.
  case folderNotEmpty(String)
  /// The system would not let a file be written.
  case cannotWrite(path: String, reason: String)
  /// A batch was asked of a loader that had been closed.
  case loaderClosed

  /// One sentence: what is wrong, where, and what would be right.
  package var description: String {
    switch self {
    case .noSuchFolder(let path):
      let name = path.split(separator: "/").last ?? ""
      let what = name.dropFirst().contains(".") ? "file or folder" : "folder"
      return "there is no \(what) \(path); \(FoundFile.whatDataIs)"
    case .notAFolder(let path):
      return "\(path) is not a folder; \(FoundFile.whatDataIs)"
    case .unreadable(let path, let reason):
      return "\(path) cannot be read: \(reason)"
    case .otherFile(let path, let what):
      return "\(path) is \(what)"
    case .noPictures(let folder, let found):
      return "no pictures in \(folder) or its sub-folders: looked for JPEG and PNG by content, found \(found)"
    case .damaged(let file, let reason):
      return "the picture \(file) is damaged: \(reason)"
    case .tooManyDamaged(let damaged, let total, let examples):
      return "\(damaged) of \(total) pictures are damaged, more than a tenth, among them "
        + examples.joined(separator: "; ") + "; mend or remove them"
    case .fewerPicturesThanBatch(let pictures, let batch):
      return
        "the data holds \(pictures) pictures and a batch takes \(batch); give more pictures or a batch of at most \(pictures)"
    case .badNumber(let sentence):
      return sentence
    case .idx(let file, let problem):
      return "the IDX file \(file) cannot be used: \(problem)"
    case .labels(let source, let problem):
      return "the labels of \(source) cannot be used: \(problem)"
    case .folderNotEmpty(let path):
      return "the folder \(path) is not empty; name another one, or ask to overwrite it"
    case .cannotWrite(let path, let reason):
      return "\(path) cannot be written: \(reason)"
    case .loaderClosed:
      return "the data loader was closed while a batch was asked of it"
    }
  }
}
