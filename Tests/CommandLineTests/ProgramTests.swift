import Configuration
import Drawing
import Foundation
import Networks
import Recipes
import Tensors
import Testing

@Suite("The program as a user types it", .serialized)
struct ProgramTests {
  private let program: Program

  init() throws { program = try Program() }

  @Test("Help is the output of the command, with an example each")
  func help() throws {
    for words in [[], ["train"], ["generate"], ["presets"], ["bench"], ["data", "faces"]] {
      let result = try program.typed(words + ["--help"])
      #expect(result.code == 0)
      #expect(result.output.contains("dcgan-dist \(words.joined(separator: " "))"))
      #expect(result.output.contains("Example"))
      #expect(result.errors.isEmpty)
    }
    let bare = try program()
    #expect(bare.code == 0)
    #expect(bare.output.contains("SUBCOMMANDS"))
  }

  @Test("Every flag of train is in its help")
  func flags() throws {
    let help = try program("train", "--help").output
    for flag in [
      "preset", "architecture", "size", "width", "width-rule", "channels", "data", "labels", "mirror",
      "data-memory",
      "batch-size", "lr-d",
      "lr-g",
      "beta1", "seed", "set", "config", "epochs", "steps", "minutes", "threads", "ranks", "bn", "reduction",
      "slices", "convolution",
      "out", "sample-every", "checkpoint-every", "log-every", "keep", "resume", "overwrite", "dry-run",
      "preprocessing", "check-every", "watchdog", "wire", "overlap", "bucket-mb", "trace",
      "tensorboard", "animation", "animation-fps", "reals-and-fakes", "sheet-labels",
    ] { #expect(help.contains("--\(flag)"), "--\(flag) is missing") }
  }

  @Test("The version names what changes bits")
  func version() throws {
    let result = try program("--version")
    #expect(result.code == 0)
    for word in ["dcgan-dist 0.1.0 (commit ", "MPI: ", "BLAS: ", "core ", "instruction sets: baseline"] {
      #expect(result.output.contains(word))
    }
    let lowered = try program.typed(["--version"], environment: ["DCGAN_ISA": "baseline"])
    #expect(lowered.output.contains("in use: baseline"))
    let unknown = try program.typed(["--version"], environment: ["DCGAN_ISA": "mmx"])
    #expect(unknown.output.contains("none; DCGAN_ISA=mmx"))
  }

  @Test("Presets are listed, shown with their counts, and printed as JSON alone on standard output")
  func presets() throws {
    #expect(try program("presets").errors.contains("dcgan64"))
    let shown = try program("presets", "dcgan64")
    #expect(shown.code == 0)
    #expect(shown.errors.contains("3,576,704") && shown.errors.contains("2,765,568"))
    #expect(shown.output.isEmpty)
    let json = try program("presets", "dcgan64", "--json", "--size", "32")
    #expect(json.errors.isEmpty)
    let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.output.utf8))
    let architecture = try Architecture(configuration: try #require(value["architecture"]), path: "")
    #expect(architecture == (try ArchitecturePreset.dcgan64.architecture(size: 32)))
    #expect(try Recipe(configuration: try #require(value["recipe"])) == Preset.dcgan64.recipe)
  }

  @Test(
    "What is typed wrong is one sentence and code 64",
    arguments: [
      (
        ["frobnicate"],
        "there is no 'dcgan-dist frobnicate'; there is train, generate, interpolate, arithmetic, classify, visualize, export, import, presets, bench, verify and data"
      ),
      (["data", "face"], "there is no 'dcgan-dist data face'; did you mean faces?"),
      (["train", "--batch-sise", "3"], "Unknown option '--batch-sise'. Did you mean '--batch-size'?"),
      (["train", "--batch-size", "-5"], "--batch-size must be a whole number from 1 to 1048576, and is -5"),
      (
        ["train", "--convolution", "winograd"],
        "The value 'winograd' is invalid for '--convolution <convolution>'. Please provide one of 'auto' and 'direct'."
      ),
      (["train", "--lr-d", "nan"], "--lr-d must be a number above 0, and is nan"),
      (["train", "--minutes", "inf"], "--minutes must be a number, and is inf"),
      (["train", "--epochs", "nan"], "--epochs must be a number, and is nan"),
      (["bench", "--bucket-mb", "1e999"], "--bucket-mb must be a number, and is inf"),
      (
        ["verify", "--seed", "9223372036854775808"],
        "The value '9223372036854775808' is invalid for '--seed <seed>': it must be a whole number from 0 to "
          + "9223372036854775807."
      ),
      (
        ["train", "--steps", "many"],
        "The value 'many' is invalid for '--steps <steps>': it must be a whole number."
      ),
      (
        ["train", "--log-every", "x"],
        "The value 'x' is invalid for '--log-every <n>': it must be a number of steps (0 is never) or 'epoch'."
      ),
      (
        ["train", "--seed", "-1"],
        "The value '-1' is invalid for '--seed <seed>': it must be a whole number from 0 to 9223372036854775807."
      ),
      (
        ["train", "--preset", "dcgan46"], "there is no preset \"dcgan46\"; did you mean dcgan64 or cdcgan64?"
      ),
      (
        ["train", "--size", "63"],
        "the picture size of dcgan64 is a power of two from 16 to 2048, and 63 was asked for"
      ),
      (["generate"], "Missing expected argument '--checkpoint <path>'"),
      (
        ["generate", "--checkpoint", "x", "--grid", "2x2", "--count", "9"],
        "9 pictures do not fit into --grid 2x2, which has 4 places"
      ),
      (
        ["generate", "--checkpoint", "x", "--grid", "2x2", "--separate"],
        "--grid and --separate were both given: pictures go into one sheet or into files of their own"
      ),
      (["bench", "--steps", "0"], "--steps must be a whole number from 1 to 1000000, and is 0"),
      (
        ["presets", "--size", "32"],
        "--size, --width, --width-rule, --channels, --acgan, --no-batch-norm and --spectral-norm shape one preset: name it, as in 'presets dcgan64'"
      ),
      (
        ["data", "faces", "--out", "x", "--count", "0"],
        "--count must be a whole number from 1 to 10000000, and is 0"
      ),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let result = try program.typed(arguments)
    #expect(result.code == 64)
    #expect(result.sentences.first == "error: \(sentence)")
    #expect(result.output.isEmpty)
    #expect(result.sentences.count <= 2)
  }

  @Test("What is found wrong is one sentence and code 1, and leaves nothing behind")
  func found() throws {
    let result = try program("train", "--config", "none.yaml")
    #expect(result.code == 1)
    #expect(result.errors == "error: there is no file none.yaml\n")
    #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/runs"))
  }

  @Test("A dry run tells what would be done and writes nothing")
  func dryRun() throws {
    let result = try program("train", "--dry-run", "--epochs", "2", "--width", "16")
    #expect(result.code == 0)
    for word in [
      "\"width\": 16", "trained parameters", "memory of a rank: about", "runs/0001-dcgan64", "ends at step",
    ] {
      #expect(result.errors.contains(word), "\(word) is missing")
    }
    #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/runs"))
  }

  @Test("Faces are written, trained on, and made by what was trained")
  func mainJob() throws {
    #expect(try program("data", "faces", "--count", "24", "--size", "16", "--out", "faces").code == 0)
    let small = ["--size", "16", "--width", "8", "--batch-size", "8", "--data", "faces"]
    let trained = try program.typed(["train", "--steps", "2"] + small)
    #expect(trained.code == 0, "\(trained.errors)")
    let run = program.folder.path + "/runs/0001-dcgan64"
    let recorded = try ConfigurationFile.recordedOptions(run + "/options.json")
    #expect(recorded.data == "faces" || recorded.data.hasSuffix("/faces"))
    #expect(FileManager.default.fileExists(atPath: run + "/checkpoints/step-00000002/model.safetensors"))
    let again = try program.typed(["train", "--steps", "2", "--out", "runs/0001-dcgan64"] + small)
    #expect(again.code == 1)
    let resumed = try program("train", "--resume", "runs/0001-dcgan64", "--steps", "3")
    #expect(resumed.code == 0, "\(resumed.errors)")
    let other = try program("train", "--resume", "runs/0001-dcgan64", "--seed", "2")
    #expect(other.code == 64)
    #expect(
      other.sentences == [
        "error: --seed cannot change on a resume, as it changes numbers: the run has 1, and 2 was given"
      ])
    let made = try program(
      "generate", "--checkpoint", "runs/0001-dcgan64", "--grid", "2x2", "--out", "sheets/four.png", "--raw",
      "four.safetensors")
    #expect(made.code == 0, "\(made.errors)")
    for file in ["sheets/four.png", "four.safetensors"] {
      #expect(FileManager.default.fileExists(atPath: program.folder.path + "/" + file))
    }
    // One picture is itself, without a border, also as a sheet of one.
    let generate = ["generate", "--checkpoint", "runs/0001-dcgan64", "--seeds", "5"]
    #expect(try program.typed(generate + ["--out", "one.png"]).code == 0)
    let one = try Raster(contentsOf: program.folder.file("one.png"))
    #expect(one.width == 16 && one.height == 16)
    #expect(try program.typed(generate + ["--out", "sheet.png", "--grid", "1x1"]).code == 0)
    #expect(try Raster(contentsOf: program.folder.file("sheet.png")).bytes == one.bytes)
    let jpeg = try program.typed(generate + ["--out", "one.jpg"])
    #expect(jpeg.code == 64 && jpeg.errors.contains("written as PNG, so its name must end in .png"))
    let latest = try program.typed([
      "generate", "--checkpoint", "runs/0001-dcgan64/checkpoints/latest", "--seeds", "5", "--out",
      "latest.png",
    ])
    #expect(latest.code == 0, "\(latest.errors)")
    #expect(try Raster(contentsOf: program.folder.file("latest.png")).bytes == one.bytes)
    for (words, sentence) in [
      (
        ["--separate", "--out", "some.png"],
        "--separate writes a file for each picture into the folder --out, and some.png"
      ),
      (["--out", "sheets"], "--out sheets is a folder, and the pictures go into one file"),
    ] {
      let refused = try program.typed(generate + words)
      #expect(refused.code == 64 && refused.errors.contains(sentence), "\(refused.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("some.png")))
  }

  @Test("bench prints one object")
  func bench() throws {
    let result = try program(
      "bench", "--size", "16", "--width", "4", "--batch-size", "8", "--steps", "1", "--threads", "1", "--json"
    )
    #expect(result.code == 0, "\(result.errors)")
    let measured = try printed(result.output, as: PrintedBench.self)
    #expect(measured.ranks == 1 && measured.threads == 1 && measured.batchSize == 8)
    #expect(measured.overlapPercent == nil)
  }
}

@Suite("The program on ranks", .serialized, .enabled(if: Program.hasMPIRun, "needs mpirun"))
struct ProgramRankTests {
  private let program: Program

  init() throws { program = try Program() }

  @Test("--ranks starts mpirun itself, and the error of all ranks is said once")
  func launcher() throws {
    let small = ["train", "--ranks", "2", "--size", "16", "--width", "8", "--steps", "1", "--out", "run"]
    let trained = try program.typed(small + ["--batch-size", "8"])
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(try ConfigurationFile.recordedOptions(program.folder.path + "/run/options.json").ranks == 2)
    let refused = try program.typed(small + ["--batch-size", "1", "--overwrite"])
    #expect(refused.code == 64)
    #expect(refused.sentences.count == 1)
    #expect(refused.sentences.first?.hasPrefix("error: a global batch of 1 is smaller than 2 ranks") == true)
  }

  @Test("--ranks that disagrees with mpirun names both numbers, once")
  func disagreement() throws {
    let result = try program.underMPIRun("train", "--ranks", "3", "--out", "run")
    #expect(result.code == 64)
    #expect(
      result.errors.contains(
        "error: --ranks 3 disagrees with mpirun, which started 2: leave --ranks out, or start 3"))
    #expect(result.errors.components(separatedBy: "error:").count == 2)
  }

  @Test("Commands of one process print once under mpirun")
  func once() throws {
    let result = try program.underMPIRun("presets", "--json")
    #expect(result.code == 0)
    #expect(result.output.components(separatedBy: "\"dcgan64\"").count == 2)
    let usage = try program.underMPIRun("train", "--frob")
    #expect(usage.code == 64)
    #expect(usage.errors.components(separatedBy: "error:").count == 2)
  }

  @Test("A missing mpirun is said with what would help")
  func missing() throws {
    let result = try program("train", "--ranks", "2", environment: ["PATH": "/nowhere"])
    #expect(result.code == 1)
    #expect(
      result.sentences == [
        "error: mpirun is not in PATH, and --ranks 2 needs it: install Open MPI (on Debian or Ubuntu: apt-get install "
          + "openmpi-bin), or leave --ranks out to train in one process"
      ])
  }
}
