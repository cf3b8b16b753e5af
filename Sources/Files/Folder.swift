import Foundation

/// Operations on folders. Their errors are `FileError`s.
package enum Folder {
  /// The names in a folder, sorted, without "." and "..".
  /// - Throws: `FileError`.
  package static func list(_ path: String) throws -> [String] {
    guard let stream = opendir(path) else { throw FileError(action: "read", path: path) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw FileError(action: "read", path: path) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether there is anything at `path`, even a broken link.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether there is a folder, or a link to one, at `path`.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Creates the folder at `path` and its parents, unless they exist, and flushes them to the disk.
  /// - Throws: `FileError`.
  package static func create(_ path: String) throws {
    if isFolder(path) { return }
    let parent = AtomicFile.split(path).folder
    if parent != path { try create(parent) }
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) else {
      throw FileError(action: "create", path: path)
    }
    try AtomicFile.flushFolder(parent)
  }

  /// Removes a file, or a folder with all that is in it. Nothing happens if there is nothing at `path`.
  /// - Throws: `FileError`.
  package static func remove(_ path: String) throws {
    if unlink(path) == 0 || errno == ENOENT { return }
    // For a folder, Linux reports EISDIR and POSIX EPERM.
    guard errno == EISDIR || errno == EPERM, isFolder(path) else {
      throw FileError(action: "remove", path: path)
    }
    for name in try list(path) { try remove("\(path)/\(name)") }
    guard rmdir(path) == 0 || errno == ENOENT else { throw FileError(action: "remove", path: path) }
  }

  /// Exchanges the files or folders of two names in one atomic step, if the system and the file system can.
  /// - Returns: false if they cannot; nothing has then changed.
  package static func exchange(_ a: String, _ b: String) -> Bool {
    guard let renameat2 else { return false }
    let exchangeFlag: UInt32 = 2  // RENAME_EXCHANGE of linux/fs.h
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, exchangeFlag) == 0
  }

  /// Flushes the whole file system of a folder to the disk by one system call.
  /// - Returns: 0, or the system's error number; nil if there is no such call or the folder cannot be opened.
  static func flushFileSystem(of folder: String) -> Int32? {
    guard let syncfs else { return nil }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A process may have the right to write to a folder but not to list it.
    guard descriptor >= 0 else { return nil }
    let failure: Int32 = syncfs(descriptor) == 0 ? 0 : errno
    close(descriptor)
    return failure
  }

  private typealias RenameAt2 =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) ->
    Int32

  private static let renameat2: RenameAt2? = call("renameat2").map { unsafeBitCast($0, to: RenameAt2.self) }

  private typealias SyncFS = @convention(c) (Int32) -> Int32

  private static let syncfs: SyncFS? = call("syncfs").map { unsafeBitCast($0, to: SyncFS.self) }

  /// A function of the C library, looked up at run time: the header hides it from Swift, and not every C library has
  /// it. nil if there is none.
  private static func call(_ name: String) -> UnsafeMutableRawPointer? {
    dlopen(nil, RTLD_NOW).flatMap { dlsym($0, name) }
  }
}
