import Drawing
import Files
import Foundation
import Wording

/// An event file of TensorBoard: scalars and pictures by step.
///
/// The file is a sequence of TFRecords (length, its checksum, bytes, their checksum), each an `Event` message of
/// TensorBoard's `event.proto` and `summary.proto`. Each record is written in one system call, so readers see it at
/// once and a crash of this process cannot lose it. Readers take the files of a folder in the order of their names, so
/// the name of a new file sorts after all others of the folder, even if the clock was set back.
package final class EventFile {
  /// Where the file is.
  package var path: String { file.path }
  private let file: GrowingFile

  private static let prefix = "events.out.tfevents."
  // Tells this program's files from those of other programs in the same folder.
  private static let suffix = ".dcgan-dist"

  /// Makes a new event file in a folder.
  /// - Parameters:
  ///   - folder: where the file is made; the folder must exist.
  ///   - host: the machine's name, which becomes part of the file's name.
  ///   - now: the time that is written and becomes part of the file's name.
  /// - Throws: `FileError`.
  package init(folder: String, host: String, now: Date = Date()) throws {
    let newest = Self.files(in: folder).compactMap(Self.time).max()
    let time = max(Int(now.timeIntervalSince1970), newest.map { $0 + 1 } ?? 0)
    let plain = host.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" }
    file = try GrowingFile(
      path: "\(folder)/\(Self.prefix)\(zeroPadded(time, to: 10)).\(String(plain))\(Self.suffix)",
      opening: .new)
    var event = Self.event(step: 0, at: now)
    event.add(3, text: "brain.Event:2")
    try append(event)
  }

  /// The paths of this program's event files in a folder, in the order in which readers take them.
  package static func files(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted().map { "\(folder)/\($0)" }
  }

  // The seconds since 1970 in the name of a file of this program.
  private static func time(_ path: String) -> Int? {
    let name = path.split(separator: "/").last ?? ""
    return Int(name.dropFirst(prefix.count).prefix { $0 != "." })
  }

  /// Notes that a run goes on from `step`, so that readers drop what earlier files hold of this step and later steps
  /// (`SessionLog.START`).
  /// - Throws: `FileError`.
  package func restart(step: Int, now: Date = Date()) throws {
    var session = ProtobufMessage()
    session.add(1, integer: 1)
    var event = Self.event(step: step, at: now)
    event.add(7, message: session)
    try append(event)
  }

  /// Adds numbers of a step, which are stored in single precision.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(scalars: [(tag: String, number: Double)], step: Int, at time: Date = Date()) throws {
    var summary = ProtobufMessage()
    for (tag, number) in scalars {
      var value = ProtobufMessage()
      value.add(1, text: tag)
      value.add(2, float: Float(number))
      summary.add(1, message: value)
    }
    try append(summary, step: step, at: time)
  }

  /// Adds a picture of a step.
  /// - Parameter png: `picture` as a PNG file.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(
    _ picture: Raster, png: [UInt8], tag: String, step: Int, at time: Date = Date()
  ) throws {
    var image = ProtobufMessage()
    image.add(1, integer: picture.height)
    image.add(2, integer: picture.width)
    image.add(3, integer: picture.channels)
    image.add(4, bytes: png)
    var value = ProtobufMessage()
    value.add(1, text: tag)
    value.add(4, message: image)
    var summary = ProtobufMessage()
    summary.add(1, message: value)
    try append(summary, step: step, at: time)
  }

  /// Adds a text of a step, in Markdown, for TensorBoard's page of texts.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(text: String, tag: String, step: Int, at time: Date = Date()) throws {
    // The page shows tensors of strings (DT_STRING is 7) whose metadata names its plugin.
    var tensor = ProtobufMessage()
    tensor.add(1, integer: 7)
    tensor.add(2, message: ProtobufMessage())
    tensor.add(8, text: text)
    var plugin = ProtobufMessage()
    plugin.add(1, text: "text")
    var metadata = ProtobufMessage()
    metadata.add(1, message: plugin)
    var value = ProtobufMessage()
    value.add(1, text: tag)
    value.add(8, message: tensor)
    value.add(9, message: metadata)
    var summary = ProtobufMessage()
    summary.add(1, message: value)
    try append(summary, step: step, at: time)
  }

  private func append(_ summary: ProtobufMessage, step: Int, at time: Date) throws {
    var event = Self.event(step: step, at: time)
    event.add(5, message: summary)
    try append(event)
  }

  private static func event(step: Int, at time: Date) -> ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, double: time.timeIntervalSince1970)
    event.add(2, integer: step)
    return event
  }

  private func append(_ event: ProtobufMessage) throws {
    func little(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let length = little(UInt64(event.bytes.count))
    let record =
      length + little(CRC32C.masked(length)) + event.bytes + little(CRC32C.masked(event.bytes))
    try record.withUnsafeBytes { try file.append($0) }
  }
}
