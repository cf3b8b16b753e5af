import CSignals
import Communication
import Foundation

/// The memory that ranks share with the process that started them (`csignals_page.h`). It holds what the
/// parent must know of ranks that may be killed at any moment.
struct RankPage {
  /// The environment variable that tells ranks the page's path.
  static let variable = "DCGAN_PAGE"

  /// The path for `variable`.
  let path: String
  /// How many ranks the page is for.
  let ranks: Int
  private let page: OpaquePointer

  /// Makes a page; nil where the system cannot share memory in this way. The ranks work without a page too;
  /// the parent then knows less of them.
  init?(ranks: Int) {
    var path = [CChar](repeating: 0, count: 64)
    guard let page = csignals_page_create(Int32(ranks), &path, path.count) else { return nil }
    self.page = page
    self.ranks = ranks
    self.path = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Forgets what the ranks wrote, before they are started again. The run's folder and checkpoint stay.
  func clear() { csignals_page_clear(page) }

  /// Tells ranks to end after their step, as if they had got `signal`.
  func order(_ signal: Int32) { csignals_page_order(page, signal) }

  /// The state of a rank.
  func rank(_ rank: Int) -> csignals_rank {
    var state = csignals_rank()
    csignals_page_rank(page, Int32(rank), &state)
    return state
  }

  /// The states of all ranks, in rank order, those that have not begun included.
  var all: [csignals_rank] { (0..<ranks).map(rank) }
  /// The kind of last words that a rank said; 0: none.
  var spoken: Int32 { csignals_page_spoken(page) }
  /// The step of the newest checkpoint in the run's folder; nil: there is none.
  var checkpoint: Int? { csignals_page_checkpoint(page) < 0 ? nil : csignals_page_checkpoint(page) }
  /// The run's folder; nil before it is settled.
  var folder: String? { text(csignals_page_folder) }
  /// The line that resumes; nil where there is nothing to go on from.
  var resumeLine: String? { text(csignals_page_resume) }

  private func text(_ copy: (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int) -> Void) -> String? {
    var bytes = [CChar](repeating: 0, count: 8192)
    copy(page, &bytes, bytes.count)
    return bytes[0] == 0
      ? nil : String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Joins the page of the parent, if this program started this process.
  /// - Returns: whether this program started this process.
  static func join() -> Bool {
    let environment = ProcessInfo.processInfo.environment
    guard environment[ParentWatch.variable] != nil else { return false }
    guard let path = environment[variable] else { return true }
    // A rank that cannot join the page runs all the same; the parent then knows less of it.
    _ = csignals_page_join(path, Int32(LaunchEnvironment.current?.rank ?? 0), Host.name)
    return true
  }
}
