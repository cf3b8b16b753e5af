import CKernels
import Foundation
import Synchronization

/// Where the threads of this process are, as far as they answer.
package enum ThreadStacks {
  // One thread is asked at a time.
  private static let turn = Mutex(())

  /// Prepares the answers. To be called before anything hangs, on any thread.
  static func prepare() { _ = ck_stack_prepare() }

  /// The stack of one thread, innermost call first, one call a line; nil if the thread does not answer.
  static func of(_ thread: Int32, frames: Int32 = 12) -> String? {
    guard thread != 0, thread != ck_stack_self() else { return nil }
    var text = [CChar](repeating: 0, count: 8192)
    guard turn.withLock({ _ in ck_stack_of(thread, frames, &text, text.count) }) == 1 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The stacks of all threads but the calling one, each with its name; for a log file.
  package static func all() -> String {
    let own = ck_stack_self()
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return threads.compactMap { Int32($0) }.filter { $0 != own }.sorted().prefix(64).map { thread in
      let stack =
        of(thread) ?? "tells nothing: it is in a system call that nothing interrupts (\(state(thread)))\n"
      return "thread \(thread) (\(name(thread)))\n\(stack)"
    }.joined()
  }

  private static func name(_ thread: Int32) -> String {
    let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "gone"
  }

  private static func state(_ thread: Int32) -> String {
    let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/status", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("State:") }
    return line?.dropFirst(6).trimmingCharacters(in: .whitespaces) ?? "gone"
  }
}
