import Foundation

/// What `bench --json` prints, as a program reads it.
struct PrintedBench: Decodable {
  /// A part of a step, with `--layers`.
  struct Part: Decodable {
    let layer: String?
    let pass: String
    let plan: String?
    let calls: Double
    let ms: Double
    let sharePercent: Double
    let workPercent: Double?
    let effectiveGflops: Double?
    let sgemmPercent: Double?
  }

  let preset: String
  let ranks: Int
  let threads: Int
  let batchSize: Int
  let medianMs: Double
  let isa: String
  let overlapPercent: Double?
  let layers: [Part]?
  let roofline: PrintedRoofline?
}

/// What `bench --roofline --json` prints, as a program reads it.
struct PrintedRoofline: Decodable {
  let ranks: Int
  let threads: Int
  let isa: String
  let fmaGflopsOneCore: Double
  let fmaGflops: Double
  let sgemmSquareGflops: Double
  let sgemmTileGflops: Double
  let copyGbytesPerSecond: Double
  let triadGbytesPerSecond: Double
}

/// Reads what a command printed for programs.
func printed<Value: Decodable>(_ output: String, as type: Value.Type = Value.self) throws -> Value {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(Value.self, from: Data(output.utf8))
}
