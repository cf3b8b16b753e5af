import Networks
import Tensors

/// The labels of a step's real pictures as D is given them: the right ones, and wrong ones where they are
/// asked for.
package final class RealConditions {
  private let layout: GeneratorInputLayout
  private let size: Int
  private let groups: Int
  private let right: FloatBuffer
  private let wrong: FloatBuffer
  private let seed: UInt64
  /// The class of each of this rank's samples in each group, for the last batch of reals; nil before the
  /// first batch, or where there are no labels.
  private(set) var classes: UnsafePointer<Int32>?

  /// Memory for up to `capacity` samples.
  package init(_ architecture: Architecture, capacity: Int, seed: UInt64) {
    layout = GeneratorInputLayout(architecture)
    size = architecture.conditions?.size ?? 0
    groups = architecture.conditions?.groups.count ?? 0
    right = FloatBuffer(count: capacity * size)
    wrong = FloatBuffer(count: capacity * size)
    self.seed = seed
  }

  /// Whether the networks have conditions.
  private var isAsked: Bool { size > 0 }

  /// Takes the classes of a new batch of `count` samples, one class for each group of each sample. Does
  /// nothing where the networks have no conditions.
  package func take(_ classes: UnsafePointer<Int32>?, count: Int) {
    guard isAsked else { return }
    guard let classes else {
      preconditionFailure("networks with conditions are trained on labelled pictures")
    }
    self.classes = classes
    for sample in 0..<count {
      layout.writeClasses(classes + sample * groups, to: right.data + sample * size)
    }
  }

  /// The one-hot vectors of the right labels; nil where there are none.
  package var rows: ConditionRows? { isAsked ? ConditionRows(base: right.data, stride: size) : nil }

  /// The one-hot vectors of wrong labels: for each sample a class that is not its own, in every group that
  /// has another. They are a function of (seed, step, look, global sample). Valid until the next call.
  package func wrongRows(step: Int, look: Int, first: Int, count: Int) -> ConditionRows {
    guard let classes else { preconditionFailure("wrong labels need right ones") }
    for sample in 0..<count {
      let stream = RandomStream(
        seed: seed, purpose: .wrongLabel, stream: look, step: step, sample: first + sample)
      let row = wrong.data + sample * size
      row.update(repeating: 0, count: size)
      for group in 0..<groups {
        let drawn = layout.drawClass(group, stream, otherThan: classes[sample * groups + group])
        row[layout.place(ofClass: drawn, group)] = 1
      }
    }
    return ConditionRows(base: wrong.data, stride: size)
  }
}
