import CKernels
import Synchronization

/// What a rank's training thread is doing, and whether it makes progress. The training thread tells it, the
/// watchdog's thread reads it.
///
/// Every call that tells something counts as progress. The training thread makes such calls where one part of
/// the work ends and another begins: several times a step, and at the start after each folder that was
/// searched.
package final class RunProgress: Sendable {
  /// What the training thread is doing, as the end of a sentence about its rank.
  package enum Activity: String, Codable, Sendable {
    /// Networks, memory, the run's files.
    case starting = "it is still starting"
    /// Looking for pictures.
    case openingData = "it is opening the data"
    /// A step.
    case computing = "it is in the midst of computing"
    /// The loader's threads have not brought the next batch.
    case waitingForPictures = "it waits for pictures, which its loader does not bring"
    /// Rank 0 alone.
    case writingSheet = "it is writing a sheet of pictures"
    /// Rank 0 alone.
    case writingAnimation = "it is making an animation of the sheets"
    /// Comparing replicas, and on rank 0 writing.
    case writingCheckpoint = "it is at a checkpoint"
    /// After the last step.
    case ending = "it is ending"
  }

  /// What is known of a rank at one moment.
  package struct State: Sendable {
    /// What the training thread is doing.
    package var activity = Activity.starting
    /// The step that is being made, counted from 1; 0: before the first.
    package var step = 0
    /// How many calls have told progress.
    package var beats = 0
  }

  private struct Book {
    var state = State()
    var stepBegan: ContinuousClock.Instant?
    // The durations of the newest steps in seconds; a ring buffer once it is full.
    var durations: [Double] = []
    var completed = 0
  }

  /// The thread that trains, as the system numbers it; 0 where it does not.
  package let thread = ck_stack_self()
  private let book: Mutex<Book>
  private static let remembered = 64

  /// To be made on the thread that trains.
  package init() {
    var book = Book()
    book.durations.reserveCapacity(Self.remembered)
    self.book = Mutex(book)
  }

  /// What is known of the rank now.
  package var state: State { book.withLock { $0.state } }

  /// The median duration of the newest steps in seconds, without the first step, which takes longer; nil
  /// before the second step is complete.
  package var medianStep: Double? {
    let sorted = book.withLock { $0.durations }.sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }

  /// Tells that the rank makes progress with its present activity.
  package func beat() { book.withLock { $0.state.beats += 1 } }

  /// Tells what the rank does from here on.
  package func enter(_ activity: Activity) {
    book.withLock {
      $0.state.activity = activity
      $0.state.beats += 1
    }
  }

  /// Tells that step `step`, counted from 1, begins.
  package func begin(step: Int) {
    let now = ContinuousClock.now
    book.withLock {
      $0.state.activity = .computing
      $0.state.step = step
      $0.state.beats += 1
      $0.stepBegan = now
    }
  }

  /// Tells that the step that began last is complete.
  package func completeStep() {
    let now = ContinuousClock.now
    book.withLock { book in
      book.state.beats += 1
      guard let began = book.stepBegan else { return }
      book.stepBegan = nil
      book.completed += 1
      guard book.completed > 1 else { return }
      let seconds = (now - began) / .seconds(1)
      if book.durations.count < Self.remembered {
        book.durations.append(seconds)
      } else {
        book.durations[book.completed % Self.remembered] = seconds
      }
    }
  }
}
