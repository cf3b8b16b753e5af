/// A data set that wraps another one: it draws the other's pictures in its own way and has all other properties of
/// the wrapped set.
package protocol WrappedDataset: PictureDataset {
  /// The wrapped set.
  var base: any PictureDataset { get }
}

extension WrappedDataset {
  /// As in the wrapped set.
  package var count: Int { base.count }
  /// As in the wrapped set.
  package var size: Int { base.size }
  /// As in the wrapped set.
  package var channels: Int { base.channels }
  /// As in the wrapped set.
  package var describe: String { base.describe }
  /// As in the wrapped set.
  package var fingerprint: UInt64 { base.fingerprint }
  /// As in the wrapped set.
  package var labels: LabelTable? { base.labels }
  /// As in the wrapped set.
  package func identity(of index: Int) -> String? { base.identity(of: index) }
  /// As in the wrapped set.
  package var isInMemory: Bool { base.isInMemory }
}
