import Cluster
import Communication
import Datasets
import Networks
import Tensors

/// Pictures with a class each: those that models are trained on, and after them those that they are tested on.
struct LabelledPictures {
  /// The group of labels that the classes are of.
  let group: String
  /// The names of the classes.
  let classes: [String]
  /// The pictures.
  let list: RankPictures
  /// The class of each picture of the list.
  let classOf: [Int]
  /// The pictures that models are trained on, as places in the list.
  let train: Range<Int>
  /// The pictures that they are tested on.
  let test: Range<Int>

  /// Opens and reads the pictures. Collective.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  init(
    _ request: ClassifyRequest, for form: PictureShape, fit: Fit, on communicator: any Communicator,
    pool: ThreadPool, report: @escaping @Sendable (String) -> Void
  ) throws {
    func open(_ source: PictureSource) throws -> any PictureDataset {
      try source.open(for: form, fit: fit, on: communicator, report: report)
    }
    let first = try open(request.train)
    let second = try request.test.map(open)
    let sets = [first] + (second.map { [$0] } ?? [])
    let chosen = try Self.group(request.group, of: first, request.train)
    let tables = try zip(sets, [request.train] + (request.test.map { [$0] } ?? [])).map {
      try ClassTable($0, $1, chosen)
    }
    group = chosen.name
    classes = chosen.classes
    var trained: [PicturePlace] = []
    var tested: [PicturePlace] = []
    if let second {
      trained = (0..<first.count).map { PicturePlace(index: $0) }
      tested = (0..<second.count).map { PicturePlace(set: 1, index: $0) }
    } else {
      (trained, tested) = Self.split(first.count, tables[0].classOf, request)
    }
    guard !tested.isEmpty, !trained.isEmpty else {
      throw RunError(
        "\(request.train.data) has too few pictures to hold some out: give --test, or another --held-out")
    }
    list = try RankPictures(sets, trained + tested, on: communicator, pool: pool)
    classOf = list.drawn.map { tables[$0.set].classOf($0.index) }
    train = 0..<trained.count
    test = trained.count..<trained.count + tested.count
    guard Set(classOf[train]).count > 1 else {
      throw RunError(
        "all train pictures are of one class, \"\(classes[classOf[0]])\", and there is nothing to tell it from"
      )
    }
  }

  /// The group of labels whose classes are to be told apart.
  private static func group(
    _ name: String?, of dataset: any PictureDataset, _ source: PictureSource
  ) throws -> LabelGroup {
    guard let table = dataset.labels else {
      throw RunError(
        "\(source.data) has no labels, and a classifier needs them: give --labels FILE.csv (file,group,...) or --labels folders, "
          + "or put labels.csv into the folder")
    }
    guard let name else { return table.groups[0] }
    guard let group = table.groups.first(where: { $0.name == name }) else {
      throw RunError(
        "--group \(name): the labels of \(source.data) are \(table.groups.map(\.name).joined(separator: ", "))",
        code: RunExit.usage)
    }
    return group
  }

  /// Holds out a share of each class, at least one picture where a class has two.
  private static func split(
    _ count: Int, _ classOf: (Int) -> Int, _ request: ClassifyRequest
  ) -> (train: [PicturePlace], test: [PicturePlace]) {
    var byClass: [Int: [Int]] = [:]
    for index in RandomChoice.shuffled(count, seed: request.seed, stream: 0) {
      byClass[classOf(index), default: []].append(index)
    }
    var (train, test): ([Int], [Int]) = ([], [])
    for (_, indices) in byClass {
      let wanted = Int((request.heldOut * Double(indices.count)).rounded())
      let held = indices.count < 2 ? 0 : min(indices.count - 1, max(1, wanted))
      test += indices.prefix(held)
      train += indices.dropFirst(held)
    }
    return (train.sorted().map { PicturePlace(index: $0) }, test.sorted().map { PicturePlace(index: $0) })
  }
}

/// The classes of a data set's pictures, as indices into those of a group that may list them in another order.
private struct ClassTable {
  private let table: LabelTable
  private let place: Int
  private let known: [Int]

  /// - Throws: `RunError` where the set lacks the group, or has a class that the group lacks.
  init(_ dataset: any PictureDataset, _ source: PictureSource, _ group: LabelGroup) throws {
    guard let table = dataset.labels else {
      throw RunError(
        "\(source.data) has no labels, and a test needs them: give --test-labels FILE.csv or --test-labels folders"
      )
    }
    guard let place = table.groups.firstIndex(where: { $0.name == group.name }) else {
      throw RunError(
        "the labels of \(source.data) have no group \"\(group.name)\"; they have "
          + table.groups.map(\.name).joined(separator: ", "))
    }
    self.table = table
    self.place = place
    known = try table.groups[place].classes.map { name in
      guard let index = group.classes.firstIndex(of: name) else {
        throw RunError(
          "\(source.data) has the class \"\(name)\" of \(group.name), which the train pictures have not")
      }
      return index
    }
  }

  func classOf(_ picture: Int) -> Int { known[table.classIndex(picture: picture, group: place)] }
}
