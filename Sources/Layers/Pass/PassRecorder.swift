import Tensors

/// Puts the parts of a pass on a timeline, each under a name that was made before the first step.
package struct PassRecorder {
  /// The name of a part on the timeline, and its kind.
  package struct Entry {
    /// Its name on the timeline.
    package let name: Timeline.Name
    /// Its kind.
    package let category: Timeline.Category

    /// An entry from its parts.
    package init(_ name: Timeline.Name, _ category: Timeline.Category) {
      self.name = name
      self.category = category
    }
  }

  private let lane: Timeline.Lane
  private let entries: [TimedPart: Entry]

  /// A recorder that puts the parts that have an entry on `lane`.
  package init(lane: Timeline.Lane, entries: [TimedPart: Entry]) {
    self.lane = lane
    self.entries = entries
  }

  /// Records that `part` ran from `start` until now.
  func record(_ part: TimedPart, from start: UInt64) {
    guard let entry = entries[part] else { return }
    lane.record(entry.name, entry.category, from: start)
  }
}
