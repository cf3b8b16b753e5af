/// What is done with the pictures that do not fill an epoch's last batch.
package enum LastBatch: String, Codable, CaseIterable, Sendable {
  /// They are left out of this epoch.
  case drop
  /// They make a shorter batch.
  case keep
  /// The batch is filled up with the first pictures of the epoch.
  case wrap
}
