import Communication
import Foundation

/// A picture that excites a filter.
package struct Excitation: Codable, Equatable, Sendable {
  /// Its index in the data set.
  package var picture: Int
  /// The largest value of the filter's map of it; above 0.
  package var value: Float

  /// An excitation from its parts.
  package init(picture: Int, value: Float) {
    self.picture = picture
    self.value = value
  }
}

/// The pictures that excite each of some filters most: the largest values first, of equal ones the lower index. No picture
/// is there twice, and none whose value is not above 0.
package struct TopPictures {
  /// The most pictures of a filter.
  package let most: Int
  /// The pictures of each filter.
  package private(set) var lists: [[Excitation]]

  /// Lists that are empty.
  package init(filters: Int, most: Int) {
    self.most = most
    lists = Array(repeating: [], count: filters)
  }

  /// Takes a picture into the list of a filter if it belongs there.
  package mutating func add(_ excitation: Excitation, to filter: Int) {
    guard excitation.value > 0, excitation.value.isFinite else { return }
    let list = lists[filter]
    if list.count == most, !Self.precedes(excitation, list[most - 1]) { return }
    // A picture that stands in for a damaged one is met more than once.
    guard !list.contains(where: { $0.picture == excitation.picture }) else { return }
    lists[filter].insert(
      excitation, at: list.firstIndex { Self.precedes(excitation, $0) } ?? list.count)
    if list.count == most { lists[filter].removeLast() }
  }

  private static func precedes(_ a: Excitation, _ b: Excitation) -> Bool {
    a.value != b.value ? a.value > b.value : a.picture < b.picture
  }

  /// The lists of all ranks' pictures together, on rank 0; nil elsewhere. Collective.
  /// - Throws: errors of the message layer.
  func gathered(on communicator: any Communicator) throws -> [[Excitation]]? {
    let own = String(decoding: try JSONEncoder().encode(lists), as: UTF8.self)
    guard let texts = try communicator.gather(own) else { return nil }
    var all = TopPictures(filters: lists.count, most: most)
    for text in texts {
      let lists = try JSONDecoder().decode([[Excitation]].self, from: Data(text.utf8))
      for (filter, list) in lists.enumerated() {
        for excitation in list { all.add(excitation, to: filter) }
      }
    }
    return all.lists
  }
}
