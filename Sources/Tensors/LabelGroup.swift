/// One question that the labels of a data set answer for every picture, such as the colour of the hair.
package struct LabelGroup: Equatable, Sendable {
  /// What it is called: `hair`.
  package var name: String
  /// The names of the classes; a class is known by its place here, which is its place in a one-hot vector.
  package var classes: [String]

  /// Creates a group from its name and the names of its classes, in order.
  package init(name: String, classes: [String]) {
    self.name = name
    self.classes = classes
  }
}
