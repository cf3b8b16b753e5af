import Communication
import Foundation

/// A process among all processes of all machines: a number alone is given again once its process has ended, and names
/// another process on another machine or in another container.
package struct ProcessIdentity: Codable, Equatable, Sendable {
  /// The name of its machine.
  package var host: String
  /// Which start of that machine's system it belongs to; nil where the system does not tell.
  package var boot: String?
  /// The space in which its number counts: containers have their own; nil where the system does not tell.
  package var space: String?
  /// Its number.
  package var process: Int32
  /// When it began, in the system's ticks since its start; nil where the system does not tell.
  package var began: UInt64?

  /// An identity from its parts.
  package init(host: String, boot: String? = nil, space: String? = nil, process: Int32, began: UInt64? = nil)
  {
    self.host = host
    self.boot = boot
    self.space = space
    self.process = process
    self.began = began
  }

  /// This process.
  package static let own = ProcessIdentity(
    host: Host.name,
    boot: (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines),
    space: try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid"),
    process: getpid(), began: state(of: getpid())?.began)

  /// Whether `observer` could see that this process has ended: on one machine, under one system, in one space of
  /// numbers.
  package func isVisible(to observer: ProcessIdentity) -> Bool {
    host == observer.host && boot != nil && boot == observer.boot && space != nil && space == observer.space
  }

  /// Whether the process runs, or is stopped and may go on. Means something only where it is visible.
  package var isAlive: Bool { Self.isAlive(process, began: began) }

  /// Whether a process of this machine runs, or is stopped and may go on.
  /// - Parameter began: its beginning, as `began` has it; nil: any process of this number will do.
  package static func isAlive(_ process: pid_t, began: UInt64? = nil) -> Bool {
    guard kill(process, 0) == 0 || errno != ESRCH else { return false }
    guard let state = state(of: process) else { return true }
    // One that was killed and that nobody has waited for yet has a number, but is dead.
    guard state.letter != "Z", state.letter != "X" else { return false }
    return began == nil || began == state.began
  }

  /// What the system tells of a process: the letter of its state, and when it began; nil where it tells nothing.
  private static func state(of process: pid_t) -> (letter: Character, began: UInt64)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return nil }
    // The fields follow the name, which may itself hold anything but its closing parenthesis last: the state is
    // the third field of proc(5), the beginning the 22nd.
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 19, let letter = fields[0].first, let began = UInt64(fields[19]) else { return nil }
    return (letter, began)
  }
}
