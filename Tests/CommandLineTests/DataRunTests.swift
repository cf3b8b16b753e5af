import Foundation
import Testing

/// Data as a user names it, with the built program and small networks.
@Suite("Data of a run") struct DataRunTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = [
    "--width", "8", "--size", "16", "--batch-size", "16", "--sample-every", "0", "--steps", "3",
  ]

  @discardableResult
  private func train(_ words: [String], code: Int32 = 0) throws -> Program.Outcome {
    let result = try program.typed(["train"] + words + Self.small)
    #expect(result.code == code, "\(words): \(result.errors)")
    return result
  }

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

  @Test("An IDX file trains, the same on one rank and two", .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func idx() throws {
    try MadeIDX().write(to: program.folder)
    let data = ["--data", "my-images-idx3-ubyte", "--channels", "1"]
    let one = try train(data + ["--out", "one"])
    #expect(one.errors.contains("40 pictures of 10 x 14 in "))
    #expect(one.errors.contains("my-images-idx3-ubyte, labelled by digit"))
    try train(data + ["--out", "two", "--ranks", "2"])
    let model = "checkpoints/step-00000003/model.safetensors"
    #expect(try bytes("one/\(model)") == bytes("two/\(model)"))
  }

  @Test("Pictures are fitted as the flag says, stretched without it")
  func preprocessing() throws {
    try MadeIDX().write(to: program.folder)
    let data = ["--data", "my-images-idx3-ubyte", "--channels", "1"]
    try train(data + ["--out", "default"])
    for fit in ["stretch", "resizeAndCrop", "cropOrPad"] {
      try train(data + ["--out", fit, "--preprocessing", fit])
      #expect(try (bytes("\(fit)/reals.png") == bytes("default/reals.png")) == (fit == "stretch"))
      let options = try String(contentsOfFile: path("\(fit)/options.json"), encoding: .utf8)
      #expect(options.contains("\"preprocessing\": \"\(fit)\""))
    }
    #expect(try bytes("resizeAndCrop/reals.png") != bytes("cropOrPad/reals.png"))
    let wrong = try train(data + ["--out", "run", "--preprocessing", "crop"], code: 64)
    #expect(wrong.errors.contains("stretch") && wrong.errors.contains("cropOrPad"))
  }

  @Test("A file that is no data is one sentence before anything is written")
  func noData() throws {
    try Data("no pictures".utf8).write(to: URL(fileURLWithPath: path("notes.txt")))
    let result = try train(["--data", "notes.txt", "--out", "run"], code: 1)
    #expect(
      result.errors.contains(
        "notes.txt is a text file, which holds no pictures; data is a folder with JPEG or PNG pictures, an IDX file"
      ))
    #expect(!FileManager.default.fileExists(atPath: path("run")))
  }
}
