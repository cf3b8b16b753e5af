import Datasets

extension LabelSource {
  /// What `--labels` means: a file, the word `folders`, or by default `labels.csv` where there is one.
  init(option: String?) {
    self =
      switch option {
      case nil: .automatic
      case "folders": .folders
      case .some(let file): .csv(file)
      }
  }
}
