/// What is done with the pictures that do not fill an epoch's last batch.
package enum LastBatch: String, Codable, CaseIterable, Sendable {
  /// Left out of this epoch.
  case drop
  /// A shorter batch.
  case keep
  /// Filled up with the first pictures of the epoch.
  case wrap
}
