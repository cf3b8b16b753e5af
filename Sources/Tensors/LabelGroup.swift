/// One question that the labels of a data set answer for every picture, such as the colour of the hair.
package struct LabelGroup: Equatable, Sendable {
  /// The group's name: `hair`.
  package var name: String
  /// The names of the classes. The index of a class here is its index in the group's one-hot vector.
  package var classes: [String]

  /// Creates a group from its name and the names of its classes, in order.
  package init(name: String, classes: [String]) {
    self.name = name
    self.classes = classes
  }
}
