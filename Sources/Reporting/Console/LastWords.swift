import CSignals

/// The last message of a process when a run ends with an error: the command line that resumes the run, then one line
/// with rank, host, step and cause.
///
/// It is printed once per process, and once per run if this program started the ranks (`--ranks N`): later calls print
/// nothing. It may be printed from any thread. Handlers of signals such as SIGSEGV print the same message, so
/// everything but the cause is prepared before.
package enum LastWords {
  /// Prepares the parts of the message that are known before anything fails; call it again when they change.
  /// - Parameters:
  ///   - resumeLine: the command line that resumes the run; nil if there is nothing to resume from.
  ///   - rank: the number of this rank.
  ///   - host: the name of its node.
  package static func prepare(resumeLine: String?, rank: Int, host: String) {
    if Console.standardError.isTerminal { csignals_words_on_terminal() }
    csignals_words_prepare(resumeLine, "rank \(rank) on \(host)")
  }

  /// The command line that resumes the run, as it was last prepared; nil if there is none.
  package static var resumeLine: String? { csignals_words_resume().map { String(cString: $0) } }

  /// Notes the step that is being computed or was just completed. The cost is one store to memory.
  package static func setStep(_ step: Int) { csignals_words_step(step) }

  /// Prints the last words for an error that may concern this rank alone.
  /// - Parameter cause: one sentence, without a full stop.
  /// - Returns: true if they were printed by this call; false if they had been printed before.
  @discardableResult
  package static func speak(cause: String) -> Bool { csignals_words_speak(cause, Int32(CSIGNALS_OWN)) != 0 }

  /// Prints the last words, without rank and step, for an error that all ranks have.
  /// - Parameters:
  ///   - cause: one sentence, without a full stop.
  ///   - mayPass: whether another try from the newest checkpoint may succeed (`--max-restarts`).
  /// - Returns: true if they were printed by this call; false if they had been printed before.
  @discardableResult
  package static func speakForAll(cause: String, mayPass: Bool = false) -> Bool {
    csignals_words_speak(cause, Int32(mayPass ? CSIGNALS_ALIKE_MAY_PASS : CSIGNALS_ALIKE)) != 0
  }

  /// Whether the last words were printed, by this process or by another rank that this program started. Later output
  /// is not shown to a person.
  package static var wereSaid: Bool { csignals_words_spoken() != 0 }

  /// Notes that an error that all ranks have was already reported in another way.
  package static func wereSpoken() { csignals_words_mark(Int32(CSIGNALS_ALIKE)) }
}
