import CSignals

/// The last thing that a process says where a run ends with an error: the line that resumes, then one line with
/// rank, host, step and cause.
///
/// Said once per process, and once per run where this program started the ranks (`--ranks N`): who comes second
/// says nothing. May be called from any thread; signals of mistakes (SIGSEGV and its like) say the same words
/// from their handlers, so all but the cause is prepared before.
package enum LastWords {
  /// Prepares what is known before anything fails; call it again when that changes.
  /// - Parameters:
  ///   - resumeLine: what a person types to go on, as a whole line; nil: there is nothing to go on from.
  ///   - rank: this rank.
  ///   - host: the name of its node.
  package static func prepare(resumeLine: String?, rank: Int, host: String) {
    if Console.standardError.isTerminal { csignals_words_on_terminal() }
    csignals_words_prepare(resumeLine, "rank \(rank) on \(host)")
  }

  /// The line that resumes, as it was prepared last; nil: there is none.
  package static var resumeLine: String? { csignals_words_resume().map { String(cString: $0) } }

  /// Notes the step that is being made, or that was just completed. Cheap: a store.
  package static func setStep(_ step: Int) { csignals_words_step(step) }

  /// Says the last words for an error that may be this rank's alone.
  /// - Parameter cause: one sentence, without a full stop.
  /// - Returns: whether they were said now; false if someone had spoken.
  @discardableResult
  package static func speak(cause: String) -> Bool { csignals_words_speak(cause, Int32(CSIGNALS_OWN)) != 0 }

  /// Says the last words for an error that all ranks have alike: without rank and step.
  /// - Parameter mayPass: whether another try from the newest checkpoint may do better (`--max-restarts`).
  @discardableResult
  package static func speakForAll(cause: String, mayPass: Bool = false) -> Bool {
    csignals_words_speak(cause, Int32(mayPass ? CSIGNALS_ALIKE_MAY_PASS : CSIGNALS_ALIKE)) != 0
  }

  /// Whether they were said, by this process or by any rank that this program started with it: what comes after is
  /// not for a person any more.
  package static var wereSaid: Bool { csignals_words_spoken() != 0 }

  /// Notes that an error that all ranks have alike was told in another way.
  package static func wereSpoken() { csignals_words_mark(Int32(CSIGNALS_ALIKE)) }
}
