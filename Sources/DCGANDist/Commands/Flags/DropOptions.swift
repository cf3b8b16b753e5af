import ArgumentParser
import Cluster
import Datasets
import Evaluation
import Models
import Networks
import Recipes
import Wording

/// `visualize --drop`: G's pictures without the maps that draw an object.
struct DropOptions: ParsableArguments {
  @Flag(
    help: """
      Make G forget an object: leave out those maps of a convolution of G (--layer) that have a large weight in a \
      regression on where the object is.
      """)
  var drop = false

  @Option(
    help: ArgumentHelp(
      "With --drop: what the built-in faces wear, for models of them. A judge that learns from drawn faces finds it.",
      valueName: FaceObject.allCases.map(\.rawValue).joined(separator: "|")))
  var object: String?

  @Option(
    help: ArgumentHelp(
      "With --drop: where the object is in pictures of 'generate --numbered', as {\"pictures\": [{\"seed\": 5, \"boxes\": [[x, y, width, height]]}]}.",
      valueName: "file.json"))
  var boxes: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --drop: maps are dropped whose weight is more than X times the largest, from 0, all of positive weight, to below 1. (default: \(DropRequest.defaultThreshold))",
      valueName: "x"), transform: Parse.number)
  var dropThreshold: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --object: pictures of G for the regression, and as many others for the score. (default: \(DropRequest.defaultPictures))",
      valueName: "n"), transform: Parse.whole)
  var dropPictures: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --drop: pictures on the sheet. (default: 12)", valueName: "n"),
    transform: Parse.whole)
  var dropShown: Int?

  @Flag(help: "With --drop: draw a line around the object on the sheet.")
  var outline = false

  @Flag(
    inversion: .prefixedNo,
    help:
      "With --drop: use the average of G's weights (recipe.generator_average). (default: on where the file has one)"
  )
  var average: Bool?

  /// The request that was typed, free of the parser's types; nil: no drop was asked for.
  /// - Parameters:
  ///   - checkpoint: the model.
  ///   - networks: of a file with no run around it; nil: the run's own.
  ///   - layer: `--layer`; nil: not given.
  ///   - scale: `--scale`; nil: not given.
  ///   - out: `--out`; nil: not given.
  ///   - threads: of each rank; nil: not given.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request(
    checkpoint: String, networks: (architecture: Architecture, latent: LatentDistribution?)?, layer: String?,
    scale: Int?, out: String?, threads: Int?
  ) throws -> DropRequest? {
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    guard drop else {
      let given = [
        ("--object", object != nil), ("--boxes", boxes != nil), ("--drop-threshold", dropThreshold != nil),
        ("--drop-pictures", dropPictures != nil), ("--drop-shown", dropShown != nil), ("--outline", outline),
        ("--average", average != nil),
      ].filter(\.1).map(\.0)
      guard given.isEmpty else { throw wrong("\(listed(given, with: "and")) belong to --drop: give it too") }
      return nil
    }
    let subject: DropRequest.Object
    switch (object, boxes) {
    case (nil, nil):
      throw wrong(
        "--drop needs to know what G is to forget: give --object flower (or another thing that the built-in faces wear), or "
          + "--boxes FILE.json")
    case (.some, .some):
      throw wrong("--object and --boxes were both given, and each says where the object is: leave one out")
    case (.some(let name), nil):
      guard let object = FaceObject(rawValue: name) else {
        throw wrong(
          "--object: the built-in faces wear no \"\(name)\"; they wear "
            + listed(FaceObject.allCases.map(\.rawValue), with: "or"))
      }
      subject = .drawn(object)
    case (nil, .some(let path)):
      guard dropPictures == nil else {
        throw wrong("--drop-pictures is of --object, and --boxes says which pictures: leave it out")
      }
      subject = .boxes(path: path)
    }
    return try DropRequest(
      model: GeneratorChoice(
        checkpoint: checkpoint, architecture: networks?.architecture, latent: networks?.latent,
        average: average, threads: threads), object: subject, layer: layer, threshold: dropThreshold,
      pictures: dropPictures, shown: dropShown, outlines: outline, scale: scale, out: out ?? "drop.png")
  }
}
