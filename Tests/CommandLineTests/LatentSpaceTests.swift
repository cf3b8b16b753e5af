import Drawing
import Foundation
import TestSupport
import Testing

/// `interpolate`, `arithmetic` and `generate --numbered` with the built program and small networks.
@Suite("Walks and arithmetic with z", .serialized) struct LatentSpaceTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = [
    "--size", "16", "--width", "4", "--batch-size", "8", "--threads", "1", "--sample-every", "0", "--steps",
    "1",
    "--out", "run",
  ]

  private func train(_ words: String...) throws {
    let result = try program.typed(["train"] + words + Self.small)
    #expect(result.code == 0, "\(result.errors)")
  }

  /// Runs a command on the run.
  @discardableResult
  private func on(
    _ command: String, _ words: String..., code: Int32 = 0, _ place: SourceLocation = #_sourceLocation
  ) throws -> Program.Outcome {
    let result = try program.typed([command, "--checkpoint", "run"] + words)
    #expect(result.code == code, "\(words): \(result.errors)", sourceLocation: place)
    return result
  }

  private func refused(
    _ sentence: String, _ command: String, _ words: String..., place: SourceLocation = #_sourceLocation
  ) throws {
    let result = try program.typed([command, "--checkpoint", "run"] + words)
    #expect(result.code == 64 && result.output.isEmpty, "\(words): \(result.errors)", sourceLocation: place)
    #expect(result.sentences.first == "error: \(sentence)", sourceLocation: place)
  }

  private func picture(_ path: String) throws -> Raster { try Raster(contentsOf: program.folder.file(path)) }

  private static func size(_ picture: Raster) -> [Int] { [picture.width, picture.height] }

  private func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: program.folder.file(path))))
  }

  /// The file of one picture of `generate`.
  private func generated(_ seed: Int, _ words: [String] = []) throws -> [UInt8] {
    let result = try program.typed(
      ["generate", "--checkpoint", "run", "--seeds", "\(seed)", "--out", "one.png"] + words)
    #expect(result.code == 0, "\(result.errors)")
    return try bytes("one.png")
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("A walk goes through the pictures of its seeds, to the byte, as files, sheet and GIF")
  func walks() throws {
    try train("--set", "generator_average=0.5")
    let said = try on("interpolate", "--seeds", "3,8,5", "--frames", "4", "--out", "deep/frames")
    #expect(said.sentences == ["wrote deep/frames: 9 frames"] && said.output.isEmpty)
    let names = try Scratch.names(in: program.folder.file("deep/frames"))
    #expect(names == (0..<9).map { "frame-000\($0).png" })
    let frames = try names.map { try bytes("deep/frames/\($0)") }
    #expect(Set(frames).count == 9)
    for (frame, seed) in [(0, 3), (4, 8), (8, 5)] { #expect(try frames[frame] == generated(seed)) }
    // Of G's own weights instead of the average the pictures are others.
    try on("interpolate", "--seeds", "3,8", "--frames", "1", "--no-average", "--out", "own")
    #expect(try bytes("own/frame-0001.png") == generated(8, ["--no-average"]))
    #expect(try bytes("own/frame-0001.png") != frames[4])

    // A sheet has a row for each leg, with both of its ends.
    try on("interpolate", "--seeds", "3,8,5", "--frames", "4", "--sheet-labels", "off", "--out", "walk.png")
    let sheet = try picture("walk.png")
    // Pictures of 16 with borders of 2.
    #expect(Self.size(sheet) == [92, 38])
    for (row, column, frame) in [(0, 0, 0), (0, 3, 3), (0, 4, 4), (1, 0, 4), (1, 4, 8)] {
      let there = sheet.cropped(x: 2 + 18 * column, y: 2 + 18 * row, width: 16, height: 16)
      #expect(try there == picture("deep/frames/frame-000\(frame).png"))
    }
    try on("interpolate", "--seeds", "3,8,5", "--frames", "4", "--loop", "--scale", "2", "--out", "named.png")
    let named = try picture("named.png")
    let bare = [172, 104]
    #expect(named.width > bare[0] + 20 && named.height == bare[1])

    // A GIF that returns has each seed once. Its colours are exact, as 16 x 16 pixels have no more than a palette.
    let told = try on(
      "interpolate", "--seeds", "3,8,5", "--frames", "4", "--loop", "--fps", "25", "--scale", "3", "--out",
      "walk.gif", "--json")
    let gif = try GIFReader(bytes("walk.gif"))
    #expect(gif.width == 48 && gif.height == 48 && gif.loops)
    #expect(gif.delays == Array(repeating: 4, count: 12))
    for frame in 0..<9 {
      let exact = try picture("deep/frames/frame-000\(frame).png").enlarged(by: 3)
      #expect(gif.frames[frame] == exact)
    }
    let object = try json(told.output)
    #expect(told.errors.isEmpty && object["path"] as? String == "slerp" && object["frames"] as? Int == 12)
    #expect(object["out"] as? String == "walk.gif" && object["seeds"] as? [Int] == [3, 8, 5])
    #expect((object["labels"] as? [Any])?.allSatisfy { $0 is NSNull } == true)

    // Nine seeds unless others are asked for, as in the paper; the run's number of threads does not matter.
    try on("interpolate", "--frames", "1", "--threads", "2", "--out", "nine")
    #expect(try Scratch.names(in: program.folder.file("nine")).count == 9)
    #expect(try bytes("nine/frame-0003.png") == frames[0])
    try refused(
      "--out deep/frames holds frame-0002.png of another walk, which this one of 2 frames would not replace: name another "
        + "folder, or empty it", "interpolate", "--seeds", "1,2", "--frames", "1", "--out", "deep/frames")
  }

  @Test("A walk is linear where z is uniform, and goes from label to label")
  func labels() throws {
    try train("--preset", "cdcgan64", "--set", "latent=uniform")
    let said = try on(
      "interpolate", "--seeds", "7", "--label", "hair=blonde,eyes=blue", "--label", "hair=black,eyes=blue",
      "--frames", "3", "--out", "hair", "--json")
    let object = try json(said.output)
    #expect(object["path"] as? String == "linear" && object["seeds"] as? [Int] == [7, 7])
    #expect(object["labels"] as? [String] == ["hair=blonde,eyes=blue", "hair=black,eyes=blue"])
    let ends = try ["blonde", "black"].map { try generated(7, ["--label", "hair=\($0),eyes=blue"]) }
    #expect(try bytes("hair/frame-0000.png") == ends[0] && bytes("hair/frame-0003.png") == ends[1])
    #expect(ends[0] != ends[1])
    // One label for all seeds, one for each, and those that the seeds decide.
    let blue = ["--label", "hair=blue"]
    for (words, first, last) in [
      (blue, blue, blue), (blue + ["--label", "eyes=red"], blue, ["--label", "eyes=red"]), ([], [], []),
    ] {
      let result = try program.typed(
        ["interpolate", "--checkpoint", "run", "--seeds", "4,6", "--frames", "2", "--out", "two"] + words)
      #expect(result.code == 0, "\(result.errors)")
      #expect(try bytes("two/frame-0000.png") == generated(4, first))
      #expect(try bytes("two/frame-0002.png") == generated(6, last))
    }
    try on("interpolate", "--label", "hair=blue", "--label", "hair=red", "--frames", "3", "--out", "walk.png")
    #expect(try picture("walk.png").height > 20)
    try refused(
      "3 seeds and 2 --label were given: give one --label for all, one for each seed, or one seed that goes through all labels",
      "interpolate", "--seeds", "0-2", "--label", "hair=blue", "--label", "hair=red")
    try refused(
      "--label hair=bleu: hair has no class \"bleu\"; did you mean blue?", "interpolate", "--seeds", "1,2",
      "--label", "hair=bleu", "--out", "not/made.png")
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("not")))
    let help = try on("interpolate", "--help").output
    #expect(help.contains("LABELS OF run:") && help.contains("eyes = amber"))

    // Arithmetic with labels: what A and B have in common goes, and C's stays.
    try on(
      "arithmetic", "--a", "1", "--b", "1", "--c", "9", "--label", "hair=blue", "--label", "hair=blue",
      "--label",
      "hair=red,eyes=blue", "--noise", "0", "--out", "sum.png")
    #expect(try center("sum.png") == decoded(generated(9, ["--label", "hair=red,eyes=blue"])))
    try refused(
      "2 --label were given: give one for all pictures, or three: for A, B and C", "arithmetic", "--a", "1",
      "--b",
      "2", "--c", "3", "--label", "hair=blue", "--label", "hair=red")
  }

  @Test("A walk goes along InfoGAN's codes, asked for or the seeds' own")
  func codes() throws {
    try MadeIDX(rows: 28, columns: 28).write(to: program.folder)
    let trained = try program(
      "train", "--preset", "infogan28", "--data", MadeIDX.name, "--width", "4", "--batch-size", "8",
      "--threads", "1",
      "--sample-every", "0", "--steps", "1", "--out", "run")
    #expect(trained.code == 0, "\(trained.errors)")
    let turns = ["c1=4,c2=-1", "c1=4,c2=1", "c1=7,c2=1"]
    let words = turns.flatMap { ["--label", $0] }
    let walked = try program.typed(
      ["interpolate", "--checkpoint", "run", "--seeds", "3", "--frames", "2", "--out", "walk"] + words)
    #expect(walked.code == 0, "\(walked.errors)")
    for (index, turn) in turns.enumerated() {
      #expect(try bytes("walk/frame-000\(2 * index).png") == generated(3, ["--label", turn]))
    }
    // Half of the way from -1 to 1 is 0.
    #expect(try bytes("walk/frame-0001.png") == generated(3, ["--label", "c1=4,c2=0"]))
    try on("interpolate", "--seeds", "3,4", "--frames", "1", "--out", "open")
    #expect(try bytes("open/frame-0001.png") == generated(4))
  }

  /// The picture of 16 x 16 that stands at the right below on a sheet of `arithmetic`: A - B + C.
  private func center(_ path: String) throws -> Raster {
    let sheet = try picture(path)
    // Room of 12 around the sheet, and the single picture in the middle of three with borders of 2.
    return sheet.cropped(x: sheet.width - 12 - 2 - 18 - 16, y: sheet.height - 12 - 16, width: 16, height: 16)
  }

  private func decoded(_ file: [UInt8]) throws -> Raster {
    try Raster(contentsOf: program.folder.file("decoded.png", file))
  }

  @Test("A - B + C is in the middle of its neighbours, and the pictures of the seeds beside it")
  func arithmetic() throws {
    try train()
    // A concept of one picture minus itself leaves the third.
    try on(
      "arithmetic", "--a", "5", "--b", "5", "--c", "2", "--names", "one, one, two, two", "--out", "sum.png")
    let two = try decoded(generated(2))
    #expect(try center("sum.png") == two)
    let sheet = try picture("sum.png")
    let size = Self.size(sheet)
    // The nine at the right above: two pictures of the sum, in the block and below it, and its neighbours, which differ.
    func nine(_ sheet: Raster, below: Int) -> [Raster] {
      (0..<9).map { place in
        sheet.cropped(
          x: sheet.width - 12 - 54 + place % 3 * 18, y: sheet.height - 12 - below - 54 + place / 3 * 18,
          width: 16,
          height: 16)
      }
    }
    let near = nine(sheet, below: 12 + 16)
    #expect(near[4] == two && Set(near.map(\.bytes)).count == 9)
    #expect(near.allSatisfy { Raster.error($0, two) < 60 })
    try on(
      "arithmetic", "--a", "5", "--b", "5", "--c", "2", "--names", "one, one, two, two", "--noise-seed", "2",
      "--out", "other.png")
    let others = nine(try picture("other.png"), below: 12 + 16)
    #expect(others[4] == two && others[0] != near[0])

    // Pixels have a row of their own. Of single pictures, the sum of A - A + C is C in pixels, too.
    let told = try on(
      "arithmetic", "--a", "5", "--b", "5", "--c", "2", "--names", "one, one, two, two", "--pixels", "--json",
      "--out", "pixels.png")
    let pixels = try picture("pixels.png")
    #expect(pixels.height == size[1] + 28 && pixels.width >= size[0])
    #expect(Raster.error(try center("pixels.png"), two) < 1)
    let object = try json(told.output)
    #expect(
      object["a"] as? [Int] == [5] && object["c"] as? [Int] == [2] && object["noise"] as? Double == 0.25)
    #expect(object["names"] as? [String] == ["one", "one", "two", "two"] && told.errors.isEmpty)
    // Any number of pictures, the same twice too.
    try on("arithmetic", "--a", "0-9", "--b", "3,3", "--c", "1-4", "--scale", "2", "--out", "many.png")
    #expect(try picture("many.png").width > size[0])
  }

  @Test("A turn moves other pictures, which stand in the middle")
  func turns() throws {
    try train()
    let said = try on(
      "arithmetic", "--a", "1-4", "--b", "5-8", "--turn", "20,21", "--steps", "5", "--names", "left,right",
      "--out", "turn.png", "--json")
    let object = try json(said.output)
    #expect(object["turn"] as? [Int] == [20, 21] && object["steps"] as? [Double] == [-1, -0.5, 0, 0.5, 1])
    let sheet = try picture("turn.png")
    let (left, top) = (sheet.width - 5 * 18 - 2, sheet.height - 2 * 18 - 2)
    #expect(left > 10 && top > 20)
    func at(_ column: Int, _ row: Int) -> Raster {
      sheet.cropped(x: left + 2 + 18 * column, y: top + 2 + 18 * row, width: 16, height: 16)
    }
    for row in 0..<2 {
      #expect(try at(2, row) == decoded(generated(20 + row)))
      #expect(Set((0..<5).map { at($0, row).bytes }).count == 5)
    }
    // A moved by all of the difference is B.
    try on("arithmetic", "--a", "1", "--b", "5", "--turn", "1", "--steps", "3", "--out", "one.png")
    let one = try picture("one.png")
    #expect(
      try one.cropped(x: one.width - 18, y: one.height - 18, width: 16, height: 16) == decoded(generated(5)))
  }

  @Test("generate --numbered writes seeds below the same pictures")
  func numbered() throws {
    try train()
    try on("generate", "--seeds", "7-9,123456", "--grid", "2x2", "--numbered", "--out", "sheet.png")
    try on("generate", "--seeds", "7-9,123456", "--grid", "2x2", "--out", "bare.png")
    let (sheet, bare) = try (picture("sheet.png"), picture("bare.png"))
    #expect(Self.size(bare) == [38, 38])
    #expect(sheet.height > 54 && sheet.width > 38)
    let cell = (width: (sheet.width - 2) / 2, height: (sheet.height - 2) / 2)
    for index in 0..<4 {
      let (x, y) = (2 + (cell.width - 18) / 2 + index % 2 * cell.width, 2 + index / 2 * cell.height)
      #expect(
        sheet.cropped(x: x, y: y, width: 16, height: 16)
          == bare.cropped(x: 2 + 18 * (index % 2), y: 2 + 18 * (index / 2), width: 16, height: 16))
    }
    try on("generate", "--seeds", "7", "--numbered", "--out", "one.png")
    #expect(try picture("one.png").height > 24)
    try refused(
      "--numbered and --separate were both given: the names of separate files have the seeds already",
      "generate",
      "--numbered", "--separate")
  }

  @Test("What cannot be is told in a sentence")
  func errors() throws {
    try train()
    let two = ["--seeds", "1,2"]
    func walk(_ sentence: String, _ words: String..., place: SourceLocation = #_sourceLocation) throws {
      let result = try program.typed(["interpolate", "--checkpoint", "run"] + words)
      #expect(
        result.code == 64 && result.sentences.first == "error: \(sentence)", "\(result.errors)",
        sourceLocation: place)
    }
    try walk(
      "--seeds takes numbers and ranges from 0 on, as 0-63,99, and was given \"a\": \"a\" is neither",
      "--seeds", "a")
    try walk(
      "interpolate goes from one seed to another, and 5 is the only one: give --seeds at least two, as 5,0, or several --label",
      "--seeds", "5")
    for (frames, said) in [("0", "0"), ("-3", "-3"), ("1001", "1001")] {
      try walk("--frames must be a whole number from 1 to 1000, and is \(said)", "--frames", frames)
    }
    try walk("--scale must be a whole number from 1 to 32, and is 0", "--scale", "0")
    try walk("--fps must be a number from 0.1 to 50, and is 0.0", "--fps", "0")
    try walk("--fps must be a number from 0.1 to 50, and is nan", "--fps", "nan")
    try walk(
      "--fps is the speed of a GIF, and --out a.png is none: leave --fps out, or name a .gif", "--fps", "5",
      "--out",
      "a.png")
    try walk(
      "--out a.mp4: a walk becomes a GIF (.gif), a sheet (.png), or PNG files in a folder, from which other programs make films",
      "--out", "a.mp4")
    _ = try program.folder.file("file", "text")
    try walk(
      "--out file is a file, and without .gif or .png it names a folder for the frames: name another",
      "--out", "file")
    try FileManager.default.createDirectory(
      atPath: program.folder.file("folder.gif"), withIntermediateDirectories: true)
    try walk(
      "--out folder.gif is a folder with the name of a picture: name a file in it, or another folder",
      "--out",
      "folder.gif")
    try walk(
      "a sheet of 1,809 pictures, 103,316 x 4,628 pixels, is too large: take fewer --seeds or --frames, a smaller --scale, or a "
        + "folder as --out", "--seeds", "0-9", "--frames", "200", "--scale", "32", "--sheet-labels", "off",
      "--out", "a.png")
    try walk(
      "699,301 frames of 16 x 16 x 3 are more than the 699,050 that one call makes: take fewer --seeds or --frames",
      "--seeds", "0-6993", "--frames", "100")
    try walk(
      "a GIF of 9,001 frames of 512 x 512 pixels is too large: take fewer --seeds or --frames, a smaller --scale, or a folder "
        + "as --out", "--seeds", "0-9", "--frames", "1000", "--scale", "32")
    try walk(
      "--label hair=red: dcgan64 was trained without labels, so there is nothing to ask for", "--label",
      "hair=red")

    func sum(_ sentence: String, _ words: String..., place: SourceLocation = #_sourceLocation) throws {
      let result = try program.typed(["arithmetic", "--checkpoint", "run", "--a", "1", "--b", "2"] + words)
      #expect(
        result.code == 64 && result.sentences.first == "error: \(sentence)", "\(result.errors)",
        sourceLocation: place)
    }
    try sum("give --c for A - B + C, or --turn for other pictures moved from A to B")
    try sum(
      "--c and --turn were both given, and each says what to compute: leave one out", "--c", "1", "--turn",
      "2")
    try sum(
      "--c takes numbers and ranges from 0 on, as 0-63,99, and was given \"\": \"\" is neither", "--c", "")
    try sum("--steps and --reach are of --turn, and --c was given", "--c", "1", "--steps", "3")
    try sum("--pixels, --noise and --noise-seed are of --c, and --turn was given", "--turn", "1", "--pixels")
    try sum("--noise must be a number from 0 to 10, and is -1.0", "--c", "1", "--noise", "-1")
    try sum("--steps must be a whole number from 2 to 100, and is 1", "--turn", "1", "--steps", "1")
    try sum("--reach must be a number above 0 and at most 10, and is 0.0", "--turn", "1", "--reach", "0")
    try sum(
      "--out run is a folder, and the sheet goes into one file: name a file in it", "--c", "1", "--out", "run"
    )
    try sum(
      "--out a.gif: the sheet is a PNG file, so its name must end in .png", "--c", "1", "--out", "a.gif")
    try sum(
      "--names a,b: it takes the names of A, B, C and, if you like, the result, with commas between them",
      "--c", "1",
      "--names", "a,b")
    try sum("--names a,,c: a name is empty", "--c", "1", "--names", "a,,c")
    try sum(
      "--names é,b: \"é\" has letters that the sheet cannot write: take those of ASCII", "--turn", "1",
      "--names", "é,b")
    let far = try program.typed(["interpolate", "--checkpoint", "run", "--out", "file/walk.gif"] + two)
    #expect(far.code == 1 && far.sentences == ["error: the folder file cannot be created"])
    for command in [["interpolate"], ["arithmetic", "--a", "1", "--b", "2", "--c", "3"]] {
      let nothing = try program.typed(command + ["--checkpoint", "none"])
      #expect(nothing.code == 1 && nothing.sentences == ["error: --checkpoint: there is nothing at none"])
    }
  }

  @Test("Weights that are not finite are named, by generate too")
  func notFinite() throws {
    try train()
    var file = try bytes("run/checkpoints/step-00000001/model.safetensors")
    let size = file[0..<8].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try json(String(decoding: file[8..<8 + size], as: UTF8.self))
    let tensor = try #require(header["generator.main.0.weight"] as? [String: Any])
    let first = 8 + size + (try #require(tensor["data_offsets"] as? [Int]))[0]
    file.replaceSubrange(first + 4..<first + 8, with: [0, 0, 0xC0, 0x7F])
    _ = try program.folder.file("broken.safetensors", file)
    let networks = [
      "--checkpoint", "broken.safetensors", "--preset", "dcgan64", "--size", "16", "--width", "4",
    ]
    for command in [["generate"], ["interpolate"], ["arithmetic", "--a", "1", "--b", "2", "--c", "3"]] {
      let result = try program.typed(command + networks)
      #expect(result.code == 1)
      #expect(
        result.sentences == [
          "error: broken.safetensors can make no pictures: its generator.main.0.weight holds numbers that are not finite, so "
            + "its training failed before this checkpoint: take an earlier one"
        ])
    }
  }
}
