import Cluster
import Configuration
import Drawing
import Foundation
import Networks
import Wording

/// Arithmetic with the z of pictures (Radford, Metz and Chintala 2015, section 6.3.2, figures 7 and 8).
package enum Arithmetic {
  /// Computes what was asked for and writes its sheet, wholly or not at all.
  /// - Throws: `RunError`, errors of files and checkpoints.
  package static func run(_ request: ArithmeticRequest) throws {
    let generator = try TrainedGenerator(request.generator, pictures: request.pictureCount)
    guard request.pictureCount <= generator.mostPictures else {
      throw RunError(
        "\(grouped(request.pictureCount)) pictures of \(generator.form) are more than the "
          + "\(grouped(generator.mostPictures)) that one call makes: name fewer seeds", code: RunExit.usage)
    }
    let choices = try request.labelOfEach.map { try LabelChoice($0, of: generator.architecture) }
    let a = generator.inputs(request.a, choices[0])
    let b = generator.inputs(request.b, choices[1])
    let drawn: Raster
    switch request.sum {
    case .concepts(let c, let pixels, let noise, let noiseSeed):
      drawn = try concepts(
        [a, b, generator.inputs(c, choices[2])], seeds: [request.a, request.b, c], pixels: pixels,
        noise: (Float(noise), noiseSeed), generator, request)
    case .turn(let seeds, let steps, let reach):
      drawn = try turn(
        from: VectorArithmetic.mean(a), to: VectorArithmetic.mean(b), generator.inputs(seeds, choices[2]),
        seeds: seeds, amounts: amounts(steps: steps, reach: reach), generator, request)
    }
    try Generation.createParent(of: request.out)
    try drawn.writePNG(to: request.out)
  }

  /// Evenly spaced numbers from -reach to reach.
  package static func amounts(steps: Int, reach: Double) -> [Double] {
    (0..<steps).map { reach * (2 * Double($0) / Double(steps - 1) - 1) }
  }

  // MARK: A - B + C

  /// The pictures of three concepts with their means, and the sum of these with its neighbours.
  /// - Parameter inputs: G's inputs of A, B and C.
  private static func concepts(
    _ inputs: [[[Float]]], seeds: [[UInt64]], pixels: Bool, noise: (scale: Float, seed: UInt64),
    _ generator: TrainedGenerator, _ request: ArithmeticRequest
  ) throws -> Raster {
    let means = inputs.map(VectorArithmetic.mean)
    let sum = VectorArithmetic.sum(means[0], minus: means[1], plus: means[2])
    let near = VectorArithmetic.neighbourhood(
      of: sum, latent: generator.latentSize, scale: noise.scale, seed: noise.seed)
    let size = generator.form.count
    let blocks = zip(inputs, seeds).map { part, seeds in
      Sheet(
        columns: part.count > 3 ? Sheet.columns(for: part.count) : 1, paddingValue: 1, scale: request.scale,
        captions: seeds.map(String.init))
    }
    try checkSize(
      zip(blocks, inputs).map {
        $0.size($1.count, width: generator.form.width, height: generator.form.height)
      })
    let made = try inputs.map { try generator.pixels($0.flatMap { $0 }) }
    let ofMeans = try generator.pixels((means + [sum]).flatMap { $0 })
    var rows = [split(ofMeans, size)]
    var names = ["mean z"]
    if pixels {
      let means = made.map { VectorArithmetic.mean(split($0, size)) }
      rows.append(means + [VectorArithmetic.sum(means[0], minus: means[1], plus: means[2])])
      names.append("pixels")
    }
    func single(_ pixels: [Float]) -> Raster { generator.pictures(pixels)[0].enlarged(by: request.scale) }
    let nine = Sheet(columns: 3, paddingValue: 1, scale: request.scale)
    let result = framed(
      nine.draw(generator.pictures(try generator.pixels(near.flatMap { $0 }))), nine.padding)
    let drawn = zip(blocks, made).map { $0.draw(generator.pictures($1)) } + [result]
    return EquationSheet(
      parts: drawn.indices.map { index in
        .init(name: request.names[index], block: drawn[index], below: rows.map { single($0[index]) })
      }, signs: ["-", "+", "="], rows: names
    ).draw()
  }

  /// A sheet of 3 x 3 with a frame around the picture in the middle.
  private static func framed(_ sheet: Raster, _ padding: Int) -> Raster {
    var framed = sheet
    let (width, height) = ((sheet.width - padding) / 3 + padding, (sheet.height - padding) / 3 + padding)
    let (x, y) = (width - padding, height - padding)
    let colour = Colour(0xD62728)
    for side in [0, height - padding] {
      framed.fill(x: x, y: y + side, width: width, height: padding, colour)
    }
    for side in [0, width - padding] {
      framed.fill(x: x + side, y: y, width: padding, height: height, colour)
    }
    return framed
  }

  // MARK: Turns

  /// The pictures of `inputs` moved by each amount, a row for each seed.
  private static func turn(
    from: [Float], to: [Float], _ inputs: [[Float]], seeds: [UInt64], amounts: [Double],
    _ generator: TrainedGenerator, _ request: ArithmeticRequest
  ) throws -> Raster {
    let sheet = Sheet(
      columns: amounts.count, scale: request.scale,
      labels: SheetLabels(
        rowsTitle: "seed", rows: seeds.map(String.init),
        columnsTitle: "\(request.names[0]) to \(request.names[1])",
        columns: amounts.map { $0 == 0 ? "0" : String(format: "%+.3g", $0) }))
    try checkSize([
      sheet.size(seeds.count * amounts.count, width: generator.form.width, height: generator.form.height)
    ])
    let moved = inputs.flatMap { input in
      amounts.flatMap {
        VectorArithmetic.moved(input, latent: generator.latentSize, from: from, to: to, amount: $0)
      }
    }
    return sheet.draw(generator.pictures(try generator.pixels(moved)))
  }

  // MARK: Parts

  /// Vectors of `size` numbers that lie one after the other.
  private static func split(_ numbers: [Float], _ size: Int) -> [[Float]] {
    stride(from: 0, to: numbers.count, by: size).map { Array(numbers[$0..<$0 + size]) }
  }

  /// - Throws: `RunError` where the sheets together would be too large.
  private static func checkSize(_ sizes: [(width: Int, height: Int)]) throws {
    guard sizes.reduce(0, { $0 + $1.width * $1.height }) > Sheet.mostPixels else { return }
    throw RunError(
      "a sheet of that many pictures is too large: name fewer seeds, or take a smaller --scale",
      code: RunExit.usage)
  }
}

extension ArithmeticRequest {
  /// What was computed, as one object.
  package var json: ConfigurationValue {
    func list(_ seeds: [UInt64]) -> ConfigurationValue { .array(seeds.map { .integer(Int($0)) }) }
    var members: [ConfigurationValue.Member] = [
      .init("out", .string(out)), .init("a", list(a)), .init("b", list(b)),
    ]
    switch sum {
    case .concepts(let c, let pixels, let noise, let noiseSeed):
      members += [
        .init("c", list(c)), .init("pixels", .bool(pixels)), .init("noise", .real(noise)),
        .init("noise_seed", .integer(Int(noiseSeed))),
      ]
    case .turn(let seeds, let steps, let reach):
      members += [
        .init("turn", list(seeds)),
        .init("steps", .array(Arithmetic.amounts(steps: steps, reach: reach).map { .real($0) })),
      ]
    }
    members.append(.init("names", .array(names.map { .string($0) })))
    members.append(.init("labels", .array(labels.map { .string($0) })))
    return .object(members)
  }
}
