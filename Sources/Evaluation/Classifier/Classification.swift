import Cluster
import Communication
import Drawing
import Models
import Networks
import Reporting
import Tensors

/// Tells classes of pictures by D's features with linear models (Radford, Metz and Chintala 2015, section 5), beside other
/// features.
package enum Classification {
  /// Computes all that was asked for and writes its files. Collective.
  /// - Parameter console: where progress and notes go; nil: nowhere, as on all ranks but rank 0.
  /// - Returns: the report, the same on all ranks.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  package static func run(
    _ request: ClassifyRequest, on communicator: any Communicator, console: Console?
  ) throws -> ClassifyReport {
    let machine = try Machine.settle(threads: request.threads, on: communicator)
    for notice in machine.notices where notice.isWarning { console?.print("warning: \(notice.sentence)") }
    let pool = ThreadPool(threads: machine.threads)
    try succeedingOnAllRanks(communicator) { try LinearSolver.open() }
    let (source, network) = try ModelOnAllRanks.read(
      .discriminator, of: request.checkpoint, request.architecture, on: communicator, pool: pool)
    let architecture = source.architecture
    let trained = try succeedingOnAllRanks(communicator) {
      try DiscriminatorFeatures(network, of: architecture, name: "D, trained", pool: pool)
    }
    let pictures = try LabelledPictures(
      request, for: architecture.picture, fit: source.fit, on: communicator, pool: pool
    ) { sentence in Console.standardError.print("warning: \(sentence)") }
    // A folder that cannot be made is told before the work, not after it.
    _ = try decidedByRankZero(communicator) {
      for path in [request.features, request.confusion].compactMap({ $0 }) {
        try Generation.createParent(of: path)
      }
      return true
    }
    let unfilled = request.fewLabels.filter { $0 > pictures.train.count }
    if !unfilled.isEmpty {
      console?.print(
        "note: --few-labels \(unfilled.map(String.init).joined(separator: ",")) is left out, as there are "
          + "\(pictures.train.count) train pictures")
    }
    let work = ClassifierWork(request, pictures, communicator: communicator, pool: pool, console: console)
    var report = ClassifyReport(request, pictures, layers: trained.maps)
    let outcome = try work.measure(trained) { table, rows in
      guard communicator.isRoot, let path = request.features else { return }
      try FeatureFile.write(table, rows, pictures, to: path)
    }
    report.rows.append(outcome)
    for baseline in request.baselines {
      let features = try features(baseline, pictures, architecture, request, communicator, pool, console)
      report.rows.append(try work.measure(features))
    }
    _ = try decidedByRankZero(communicator) {
      if let path = request.confusion { try ConfusionPicture(outcome.confusion).draw().writePNG(to: path) }
      return true
    }
    return report
  }

  private static func features(
    _ baseline: ClassifyRequest.Baseline, _ pictures: LabelledPictures, _ architecture: Architecture,
    _ request: ClassifyRequest, _ communicator: any Communicator, _ pool: ThreadPool,
    _ console: Console?
  ) throws -> any PictureFeatures {
    switch baseline {
    case .pixels: return PixelFeatures(pictures.list.form)
    case .patches:
      return try PatchFeatures(
        pictures.list, pictures: pictures.train.count, seed: request.seed, on: communicator, pool: pool,
        console: console)
    case .random:
      let network = Network(try architecture.summary(of: .discriminator), pool: pool)
      network.initialize(seed: request.seed)
      let features = try DiscriminatorFeatures(network, of: architecture, name: "D, random", pool: pool)
      let first = try pictures.list.first(
        min(EvaluatedDiscriminator.picturesOfAverages, pictures.train.count), on: communicator)
      try first.withUnsafeBufferPointer {
        try features.takeAverages(of: $0.baseAddress!, samples: first.count / pictures.list.form.count)
      }
      return features
    }
  }
}

/// What each kind of features goes through: features of all pictures, C, a classifier, its test, and few labels.
struct ClassifierWork {
  private let request: ClassifyRequest
  private let pictures: LabelledPictures
  private let communicator: any Communicator
  private let pool: ThreadPool
  private let console: Console?

  init(
    _ request: ClassifyRequest, _ pictures: LabelledPictures, communicator: any Communicator,
    pool: ThreadPool,
    console: Console?
  ) {
    self.request = request
    self.pictures = pictures
    self.communicator = communicator
    self.pool = pool
    self.console = console
  }

  /// Collective.
  /// - Parameter keep: is given the features before models are trained.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer, and of `keep` on rank 0.
  func measure(
    _ features: any PictureFeatures, keep: (FeatureTable, LinearRows) throws -> Void = { _, _ in }
  ) throws -> ClassifyReport.Row {
    let rows = try standardized(features, keep)
    let train = Array(pictures.train)
    let progress = TaskProgress("\(features.name): cross-validation", of: "values", on: console)
    let choice = try cross(train, on: rows, step: 0, progress)
    let fit = TaskProgress("\(features.name): classifier", of: "classes", on: console)
    fit.show("of \(pictures.train.count) pictures")
    let confusion = try test([.init(rows: train, c: choice.c)], on: rows)[0]
    let accuracy = confusion.accuracy
    fit.end("\(ClassifyReport.percent(accuracy.share)) of \(accuracy.total) test pictures")
    return ClassifyReport.Row(
      features: features.name, count: features.count, c: choice.c, tried: choice.tried, confusion: confusion,
      fewLabels: try fewLabels(features.name, on: rows))
  }

  /// The features themselves are freed here, as the rows hold them in another form.
  private func standardized(
    _ features: any PictureFeatures, _ keep: (FeatureTable, LinearRows) throws -> Void
  ) throws -> LinearRows {
    let table = try FeatureTable(
      features, of: pictures.list, on: communicator,
      progress: TaskProgress("\(features.name): features", of: "pictures", on: console))
    let rows = try succeedingOnAllRanks(communicator) {
      try LinearRows(
        table, basis: Array(pictures.train), ranksOfHost: communicator.localSize, pool: pool)
    }
    _ = try decidedByRankZero(communicator) {
      try keep(table, rows)
      return true
    }
    return rows
  }

  /// C that was asked for, or by cross-validation.
  private func cross(
    _ train: [Int], on rows: LinearRows, step: Int, _ progress: TaskProgress? = nil
  ) throws -> (c: Double, tried: [(c: Double, accuracy: Double)]) {
    if let c = request.c { return (c, []) }
    let choice = try CrossValidation(
      train, classOf: pictures.classOf, classes: pictures.classes.count, on: rows, seed: request.seed,
      step: step, communicator: communicator, pool: pool
    ) { progress?.show("\(ClassifyReport.text(c: $0)): \(ClassifyReport.percent($1))") }
    progress?.end("C = \(ClassifyReport.text(c: choice.c))")
    return (choice.c, choice.tried)
  }

  private func test(_ jobs: [LinearClassifier.Job], on rows: LinearRows) throws -> [ConfusionTable] {
    let classifiers = try LinearClassifier.train(
      jobs, classOf: pictures.classOf, classes: pictures.classes.count, on: rows, communicator: communicator,
      pool: pool)
    let tested = Array(pictures.test)
    return try classifiers.map {
      ConfusionTable(
        classes: pictures.classes, known: tested.map { pictures.classOf[$0] },
        found: try $0.classes(of: tested, on: rows, communicator: communicator, pool: pool))
    }
  }

  /// Radford et al., section 5.2: a part of the labels, drawn evenly over classes, several times. Means and deviations of
  /// the features are those of all train pictures, which needs no label.
  private func fewLabels(_ name: String, on rows: LinearRows) throws -> [ClassifyReport.FewLabels] {
    let known = pictures.train.map { pictures.classOf[$0] }
    let numbers = request.fewLabels.filter { $0 <= known.count }
    let progress = TaskProgress("\(name): few labels", of: "draws", on: console)
    let curve = try numbers.enumerated().map { index, labels in
      // C is chosen once, by the first draw.
      var chosenC = request.c
      let shares = try (0..<request.draws).map { draw in
        let order = RandomChoice.inTurns(known, seed: request.seed, stream: 4, step: index << 8 | draw)
        let chosen = order.prefix(labels).map { pictures.train.lowerBound + $0 }
        let c = try chosenC ?? cross(Array(chosen), on: rows, step: 1 + index).c
        chosenC = c
        let share = try test([.init(rows: Array(chosen), c: c)], on: rows)[0].accuracy.share
        progress.update(index * request.draws + draw + 1, of: numbers.count * request.draws)
        return share
      }
      return ClassifyReport.FewLabels(labels: labels, shares: shares)
    }
    progress.finish()
    return curve
  }
}
