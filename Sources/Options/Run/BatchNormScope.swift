/// Whose pictures batch norm takes its moments from.
package enum BatchNormScope: String, Codable, CaseIterable, Sendable {
  /// The global batch's.
  case sync
  /// Each rank's own.
  case local
}
