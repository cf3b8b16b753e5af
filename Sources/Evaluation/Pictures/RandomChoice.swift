import Tensors

/// Random orders and parts of lists, as functions of a seed alone.
enum RandomChoice {
  /// 0 ..< count in random order (Fisher and Yates).
  /// - Parameter stream: tells uses of one seed apart.
  static func shuffled(_ count: Int, seed: UInt64, stream: Int, step: Int = 0) -> [Int] {
    var list = Array(0..<count)
    guard count > 1 else { return list }
    var chances = [Float](repeating: 0, count: count)
    RandomStream(seed: seed, purpose: .choice, stream: stream, step: step).fillUniform(&chances, count: count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      list.swapAt(last, min(last, Int(Double(chances[last]) * Double(last + 1))))
    }
    return list
  }

  /// Places 0 ..< classes.count in random order, such that each beginning of the list has of each class as many as it can:
  /// the classes take turns until one has no picture left.
  static func inTurns(_ classes: [Int], seed: UInt64, stream: Int, step: Int = 0) -> [Int] {
    var byClass: [Int: [Int]] = [:]
    for place in shuffled(classes.count, seed: seed, stream: stream, step: step) {
      byClass[classes[place], default: []].append(place)
    }
    var list: [Int] = []
    var turn = 0
    while list.count < classes.count {
      for (_, places) in byClass.sorted(by: { $0.key < $1.key }) where turn < places.count {
        list.append(places[turn])
      }
      turn += 1
    }
    return list
  }
}
