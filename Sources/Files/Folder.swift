import Foundation

/// What is done with folders, each step one that a crash cannot split, errors as `FileError`.
package enum Folder {
  /// The names in a folder, sorted, without "." and "..".
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

  /// Whether there is anything at `path`, a broken link included.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether there is a folder at `path`.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Creates the folder at `path` and its parents where they are missing, brought to the disk.
  package static func create(_ path: String) throws {
    if isFolder(path) { return }
    let parent = AtomicFile.split(path).folder
    if parent != path { try create(parent) }
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) else {
      throw FileError(action: "create", path: path)
    }
    try AtomicFile.flushFolder(parent)
  }

  /// Removes a file, or a folder and all in it; nothing there is fine.
  package static func remove(_ path: String) throws {
    if unlink(path) == 0 || errno == ENOENT { return }
    // Linux says EISDIR, POSIX EPERM, for a folder.
    guard errno == EISDIR || errno == EPERM, isFolder(path) else {
      throw FileError(action: "remove", path: path)
    }
    for name in try list(path) { try remove("\(path)/\(name)") }
    guard rmdir(path) == 0 || errno == ENOENT else { throw FileError(action: "remove", path: path) }
  }

  /// Exchanges two names of one folder in one step, where the system and the file system can.
  /// - Returns: false where they cannot; nothing has then changed.
  package static func exchange(_ a: String, _ b: String) -> Bool {
    guard let renameat2 else { return false }
    let exchangeFlag: UInt32 = 2  // RENAME_EXCHANGE of linux/fs.h
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, exchangeFlag) == 0
  }

  /// Brings all of a folder's file system to the disk by one call, where the system has one.
  /// - Returns: 0, the system's error number, or nil where there is no such call.
  static func flushFileSystem(of folder: String) -> Int32? {
    guard let syncfs else { return nil }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder may be written to without the right to list it.
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

  /// A call of the system, looked up at run time, because the header hides it from Swift and because not every C
  /// library has it.
  private static func call(_ name: String) -> UnsafeMutableRawPointer? {
    dlopen(nil, RTLD_NOW).flatMap { dlsym($0, name) }
  }
}
