import Communication
import Foundation

/// A process among all processes of all machines. Its number alone is not enough: the system reuses the
/// number once the process has ended, and the same number names other processes on other machines and in
/// other containers.
package struct ProcessIdentity: Codable, Equatable, Sendable {
  /// The name of the process's machine.
  package var host: String
  /// The identifier of the boot of that machine; nil where the system does not tell.
  package var boot: String?
  /// The PID namespace of its number (containers have their own); nil where the system does not tell.
  package var space: String?
  /// Its number.
  package var process: Int32
  /// When the process began, in clock ticks since the system's boot; nil where the system does not tell.
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

  /// Whether `observer` could see that this process has ended: whether both are of the same machine, boot and
  /// PID namespace.
  package func isVisible(to observer: ProcessIdentity) -> Bool {
    host == observer.host && boot != nil && boot == observer.boot && space != nil && space == observer.space
  }

  /// Whether the process runs, or is stopped and may go on. Only meaningful where the process is visible to
  /// this one.
  package var isAlive: Bool { Self.isAlive(process, began: began) }

  /// Whether a process of this machine runs, or is stopped and may go on.
  /// - Parameter began: when it began, as in `began`; nil: any process with this number counts.
  package static func isAlive(_ process: pid_t, began: UInt64? = nil) -> Bool {
    guard kill(process, 0) == 0 || errno != ESRCH else { return false }
    guard let state = state(of: process) else { return true }
    // A process that has ended, and that its parent has not waited for yet, still has its number.
    guard state.letter != "Z", state.letter != "X" else { return false }
    return began == nil || began == state.began
  }

  /// What the system tells of a process: the letter of its state, and when it began; nil where it tells nothing.
  private static func state(of process: pid_t) -> (letter: Character, began: UInt64)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return nil }
    // The fields follow the last closing parenthesis, as the name before it may hold anything. The state is
    // the third field of proc(5), the beginning the 22nd.
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 19, let letter = fields[0].first, let began = UInt64(fields[19]) else { return nil }
    return (letter, began)
  }
}
