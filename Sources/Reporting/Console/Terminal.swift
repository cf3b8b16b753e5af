import Foundation

/// The properties of the terminal behind a file descriptor.
package struct Terminal: Equatable, Sendable {
  /// Its width in characters.
  package var columns: Int
  /// Whether it shows block characters, as it does in a UTF-8 locale.
  package var showsBlocks: Bool

  /// A terminal from its properties.
  package init(columns: Int, showsBlocks: Bool = false) {
    self.columns = columns
    self.showsBlocks = showsBlocks
  }

  /// The environment variable by which a parent process that reads this process's standard error and passes it on
  /// tells the width of its own terminal in characters; 0 if it has no terminal.
  package static let columnsVariable = "DCGAN_TERMINAL_COLUMNS"

  /// The terminal on which text written to this descriptor appears; nil if there is none.
  ///
  /// mpirun gives its ranks a pipe for standard error and copies the text to its own. So under mpirun the standard
  /// error of the parent process is examined; the parent of rank 0 is mpirun itself if both run on one machine.
  package static func behind(_ descriptor: Int32) -> Terminal? {
    let environment = ProcessInfo.processInfo.environment
    guard environment["TERM"] != "dumb" else { return nil }
    guard let columns = columnsBehind(descriptor, environment) else { return nil }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let utf8 = locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
    return Terminal(columns: columns, showsBlocks: utf8)
  }

  private static func columnsBehind(_ descriptor: Int32, _ environment: [String: String]) -> Int? {
    if isatty(descriptor) != 0 { return columns(descriptor) }
    if let told = environment[columnsVariable].flatMap(Int.init) { return told > 0 ? told : nil }
    #if os(Linux)
      guard descriptor == STDERR_FILENO, environment["OMPI_COMM_WORLD_RANK"] != nil else { return nil }
      let parent = open("/proc/\(getppid())/fd/2", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
      guard parent >= 0 else { return nil }
      defer { close(parent) }
      return isatty(parent) != 0 ? columns(parent) : nil
    #else
      return nil
    #endif
  }

  /// The width that the terminal reports; 80 if it reports none.
  private static func columns(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
