/// The pictures over which batch norm takes its moments.
package enum BatchNormScope: String, Codable, CaseIterable, Sendable {
  /// All pictures of the global batch.
  case sync
  /// Each rank's own pictures.
  case local
}
