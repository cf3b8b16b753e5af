import Drawing
import Evaluation
import Objectives
import Recipes
import Testing

/// Sequences of losses and pictures that fail, and some that do not.
@Suite struct FailureWatchTests {
  /// What is told of a run whose loss at step i, from 1 on, is `loss(i)`, with the step at which it is.
  private func told(
    _ settings: LossSettings = LossSettings(), steps: Int = 2_000, _ loss: (Int) -> Double
  ) -> [(step: Int, notice: FailureWatch.Notice)] {
    var watch = FailureWatch(settings)
    return (1...steps).flatMap { step in
      watch.observe(step: step, loss: loss(step), dReal: 0.99, dFake: 0.01).filter { !$0.isHint }.map {
        (step, $0)
      }
    }
  }

  /// The steps at which there is a hint.
  private func hints(_ settings: LossSettings = LossSettings(), _ loss: (Int) -> Double) -> [Int] {
    var watch = FailureWatch(settings)
    return (1...2_000).flatMap { step in
      watch.observe(step: step, loss: loss(step), dReal: 0.99, dFake: 0.01).filter(\.isHint).map { _ in step }
    }
  }

  @Test func aDThatHasNearlyWonForAWhileIsHintedAtOnce() {
    let guessing = LossSettings().discriminatorBounds.guessing
    #expect(hints { _ in 0.03 * guessing } == [50])
    #expect(hints { _ in 0.05 * guessing }.isEmpty)
    // It recovers before the hint's window is full.
    #expect(hints { $0 % 60 < 40 ? 0.001 : 0.4 }.isEmpty)
    #expect(hints { $0 < 300 || $0 > 400 ? 0.4 : 0.001 }.count == 1)
    let soft = LossSettings(smoothing: .init(amount: 0.1, rule: .twoSided, scope: .all))
    #expect(hints(soft) { _ in soft.discriminatorBounds.floor + 0.01 } == [50])
    #expect(hints(LossSettings(flipProbability: 0.5)) { _ in 0 }.isEmpty)
  }

  @Test func itsNumbersAreSharesOfTheWayFromAPerfectDToOneThatGuesses() throws {
    var watch = FailureWatch(LossSettings())
    #expect(watch.windowShare == nil)
    let guessing = LossSettings().discriminatorBounds.guessing
    for step in 1...300 {
      _ = watch.observe(step: step, loss: (step <= 100 ? 2 : 0.5) * guessing, dReal: 0.5, dFake: 0.5)
    }
    let window = try #require(watch.windowShare)
    #expect(abs(window.share - 0.5) < 1e-12 && window.steps == 200)
    #expect(abs(try #require(watch.share(ofLoss: guessing)) - 1) < 1e-12)
    #expect(FailureWatch(LossSettings(flipProbability: 0.5)).share(ofLoss: 1) == nil)
    #expect(FailureWatch.smoothnessLow(PictureStatistics(smoothness: 0.8, variety: 60)) == 0.4)
    #expect(FailureWatch.smoothnessLow(PictureStatistics(smoothness: 0.2, variety: 60)) == nil)
    #expect(FailureWatch.varietyLow(PictureStatistics(smoothness: 0.8, variety: 60)) == 3)
    #expect(FailureWatch.varietyLow(PictureStatistics(smoothness: 0.8, variety: nil)) == nil)
  }

  /// A number from -1 to 1 that looks random.
  private func noise(_ step: Int) -> Double {
    Double((step &* 2_654_435_761) >> 8 & 0xFFFF) / 32_767.5 - 1
  }

  @Test func aHealthyLossIsNotTold() {
    // Low at first, then about a third of guessing with bursts of twice guessing, slowly rising towards guessing.
    let found = told { step in
      let drift = 0.3 + 0.9 * Double(step) / 2_000
      return step < 60 ? 0.1 : step % 90 < 3 ? 2.8 : max(0.05, drift + 0.25 * noise(step))
    }
    #expect(found.isEmpty, "\(found)")
    // A D that wins for a while and gives way again.
    #expect(told { $0 % 400 < 150 ? 0.001 : 0.7 }.isEmpty)
  }

  @Test func aWonGameIsToldOnceWithItsEvidence() throws {
    let found = told { $0 < 50 ? 0.6 : 0.001 }
    let first = try #require(found.first)
    #expect(found.count == 1 && first.notice.kind == .discriminatorWon)
    #expect(first.step > FailureWatch.window && first.step < 300)
    #expect(
      first.notice.sentence.contains("over the last 200 steps its loss was 0.0")
        && first.notice.sentence.contains("(lowest possible 0, guessing 1.39), D(x) 0.99 and D(G(z)) 0.01"))
  }

  @Test func smoothedLabelsAreMeasuredFromTheirFloor() {
    let soft = LossSettings(smoothing: .init(amount: 0.1, rule: .twoSided, scope: .all))
    let floor = soft.discriminatorBounds.floor
    #expect(told(soft) { _ in floor + 0.005 }.map(\.notice.kind) == [.discriminatorWon])
    #expect(told(soft) { _ in floor + 0.2 }.isEmpty)
    // Labels that tell nothing leave nothing to win.
    #expect(told(LossSettings(flipProbability: 0.5)) { _ in 0 }.isEmpty)
  }

  @Test func aSteadyRiseBeyondGuessingIsTold() {
    let found = told { 0.5 + 0.002 * Double($0) + 0.02 * noise($0) }
    #expect(found.map(\.notice.kind) == [.discriminatorRising, .discriminatorLost])
    #expect(found[0].notice.sentence.contains("has risen steadily"))
    // It may rise to what guessing costs: then G has drawn level.
    #expect(told { min(1.38, 0.2 + 0.001 * Double($0)) }.isEmpty)
  }

  @Test func aLossFarBeyondGuessingIsTold() {
    #expect(told { 6 + 3 * noise($0) }.map(\.notice.kind) == [.discriminatorLost])
    #expect(told(LossSettings(kind: .leastSquares)) { _ in 0.6 }.map(\.notice.kind) == [.discriminatorLost])
    #expect(told(LossSettings(kind: .leastSquares)) { _ in 0.3 }.isEmpty)
  }

  @Test func picturesAreToldLateAndTwiceInARow() {
    let reals = PictureStatistics(smoothness: 0.87, variety: 62)
    let good = PictureStatistics(smoothness: 0.8, variety: 30)
    func kinds(_ sheets: [PictureStatistics], every: Int = 200, reals: PictureStatistics) -> [FailureWatch
      .Kind]
    {
      var watch = FailureWatch(LossSettings())
      return sheets.enumerated().flatMap {
        watch.observe(step: $0 * every, pictures: $1, reals: reals).map(\.kind)
      }
    }
    let noise = PictureStatistics(smoothness: 0.1, variety: 30)
    let same = PictureStatistics(smoothness: 0.8, variety: 1)
    // Steps 0, 200, 400 are early.
    #expect(kinds([noise, noise, same, good, good], reals: reals).isEmpty)
    #expect(kinds(Array(repeating: noise, count: 4), reals: reals).isEmpty)
    #expect(kinds(Array(repeating: noise, count: 9), reals: reals) == [.noise])
    #expect(kinds(Array(repeating: same, count: 9), reals: reals) == [.collapse])
    #expect(kinds([noise, noise, noise, noise, good, noise, good, noise], reals: reals).isEmpty)
    // Real pictures that are noise themselves, or all the same, tell nothing.
    let rough = PictureStatistics(smoothness: 0.05, variety: 0)
    #expect(kinds(Array(repeating: noise, count: 9), reals: rough).isEmpty)
    let alone = PictureStatistics(smoothness: 0.8, variety: nil)
    #expect(kinds(Array(repeating: alone, count: 9), reals: reals).isEmpty)
  }
}

@Suite struct LatePicturesTests {
  @Test func runningAveragesComeFirst() throws {
    func from(_ preset: ArchitecturePreset) throws -> Int {
      FailureWatch.picturesFrom(try preset.architecture().generator)
    }
    #expect(try from(.dcgan64) == 500 && from(.keras64) == 500 && from(.vanilla) == 500)
    #expect(try from(.slim64) == 4_000)
    var watch = FailureWatch(LossSettings(), picturesFrom: 4_000)
    let (noise, reals) = (
      PictureStatistics(smoothness: 0, variety: 9), PictureStatistics(smoothness: 0.9, variety: 60)
    )
    let told = stride(from: 0, through: 6_000, by: 200).flatMap { step in
      watch.observe(step: step, pictures: noise, reals: reals).map { _ in step }
    }
    #expect(told == [4_200])
  }
}

@Suite struct PictureStatisticsTests {
  private func batch(
    count: Int, channels: Int = 3, _ value: (_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Double
  )
    -> SheetPictures
  {
    var bytes: [UInt8] = []
    for n in 0..<count {
      for y in 0..<16 {
        for x in 0..<16 {
          for c in 0..<channels { bytes.append(UInt8(min(255, max(0, value(n, y, x, c))))) }
        }
      }
    }
    return SheetPictures(count: count, height: 16, width: 16, channels: channels, bytes: bytes)
  }

  private func random(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Double {
    var state = UInt64(((n * 16 + y) * 16 + x) * 3 + c + 1) &* 0x9E37_79B9_7F4A_7C15
    state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((state >> 32) & 0xFF)
  }

  @Test func noiseIsRoughAndPicturesAreSmooth() {
    let noise = PictureStatistics(batch(count: 8, random))
    #expect(abs(noise.smoothness) < 0.05)
    #expect(abs((noise.variety ?? 0) - 69) < 5)
    let slopes = PictureStatistics(batch(count: 8) { n, y, x, c in Double(8 * x + 4 * y + 3 * n + c) })
    #expect(slopes.smoothness > 0.95 && (slopes.variety ?? 0) > 6 && (slopes.variety ?? 0) < 8)
    let board = PictureStatistics(batch(count: 2, channels: 1) { _, y, x, _ in (x + y) % 2 == 0 ? 0 : 255 })
    #expect(board.smoothness == -1 && board.variety == 0)
  }

  @Test func flatAndSinglePicturesAreNoNoise() {
    let flat = PictureStatistics(batch(count: 4) { _, _, _, _ in 127 })
    #expect(flat == PictureStatistics(smoothness: 1, variety: 0))
    #expect(PictureStatistics(batch(count: 1, random)).variety == nil)
    let dot = SheetPictures(count: 2, height: 1, width: 1, channels: 1, bytes: [0, 200])
    #expect(PictureStatistics(dot) == PictureStatistics(smoothness: 1, variety: 100))
  }
}
