import CMPI

/// The name of this machine, as every kind of communicator and every message gives it.
package enum Host {
  /// What `hostname` prints.
  package static let name: String = text(capacity: 256) { cmpi_host_name($0, $1) }
}

/// Reads a C string that `write` puts into a buffer of `capacity` bytes.
func text(capacity: Int, _ write: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
    guard let start = buffer.baseAddress else { return "" }
    write(start, capacity)
    return String(cString: start)
  }
}
