import Configuration
import Layers
import Training

/// What a clock counted in one step.
typealias PartReadings = [TimedPart: PassClock.Reading]

/// The time of one part of a training step: a pass of a layer, or a part that belongs to no layer.
package struct PartTiming: Equatable, Sendable {
  /// PyTorch's name of the module, such as `discriminator.main.2`; nil for a part of no layer.
  package var layer: String?
  /// The kind of the layer; nil for a part of no layer.
  package var kind: String?
  /// The shape of one sample of the layer's output, H x W x C; nil for a part of no layer.
  package var output: String?
  /// forward, backward, data gradient or weight gradient; or the name of a part of no layer.
  package var part: String
  /// How the layer computes the pass; nil where there is only one way.
  package var plan: String?
  /// How often the part runs in a step, as a mean.
  package var calls: Double
  /// Milliseconds of a step.
  package var milliseconds: Double
  /// Percent of the step.
  package var share: Double
  /// Percent of the step's operations, counted as direct convolution; nil without a matrix product.
  package var workShare: Double?
  /// 10^9 operations a second, counted as direct convolution; nil without a matrix product.
  package var effectiveGigaflops: Double?
  /// `effectiveGigaflops` in percent of what `sgemm` reaches here on large matrices; nil without a matrix
  /// product.
  package var percentOfSgemm: Double?

  /// The object of `--json`.
  var value: ConfigurationValue {
    func text(_ value: String?) -> ConfigurationValue { value.map(ConfigurationValue.string) ?? .null }
    func number(_ value: Double?) -> ConfigurationValue { value.map(ConfigurationValue.measured) ?? .null }
    let members: [(String, ConfigurationValue)] = [
      ("layer", text(layer)), ("kind", text(kind)), ("output", text(output)), ("pass", .string(part)),
      ("plan", text(plan)), ("calls", .measured(calls)), ("ms", .measured(milliseconds)),
      ("share_percent", .measured(share)), ("work_percent", number(workShare)),
      ("effective_gflops", number(effectiveGigaflops)),
      ("sgemm_percent", number(percentOfSgemm)),
    ]
    return .object(members.map { .init($0, $1) })
  }
}

extension PartTiming {
  /// The parts of a step: G's layers first, then D's, then everything else. Their shares add up to 100%.
  ///
  /// Means over the faster half of the steps, as another process on the machine touches only some of them.
  /// - Parameters:
  ///   - steps: the readings of each step; at least one step.
  ///   - samples: how many samples of a batch this rank has.
  ///   - sgemm: what `sgemm` reaches here, in 10^9 operations a second.
  static func list(
    _ steps: [PartReadings], _ adversaries: Adversaries, samples: Int, sgemm: Double
  ) -> [PartTiming] {
    func total(_ step: PartReadings) -> Double { step.values.reduce(0) { $0 + $1.seconds } }
    let chosen = steps.sorted { total($0) < total($1) }.prefix((steps.count + 1) / 2)
    let all = chosen.reduce(0) { $0 + total($1) }
    let count = Double(chosen.count)
    func counted(_ part: TimedPart) -> (seconds: Double, calls: Double) {
      chosen.reduce((0, 0)) { sum, step in
        guard let reading = step[part] else { return sum }
        return (sum.0 + reading.seconds, sum.1 + Double(reading.calls))
      }
    }
    func timing(_ part: TimedPart, named name: String) -> PartTiming? {
      let (seconds, calls) = counted(part)
      guard calls > 0 else { return nil }
      return PartTiming(
        part: name, calls: calls / count, milliseconds: seconds / count * 1e3,
        share: all > 0 ? seconds / all * 100 : 0)
    }

    var list: [PartTiming] = []
    for trainee in adversaries.all {
      let network = trainee.network
      for (place, layer) in network.computingLayers.enumerated() {
        for (pass, plan) in layer.passes {
          let part = TimedPart.layer(network: network.role.rawValue, place: place, pass)
          guard var timing = timing(part, named: pass.rawValue) else { continue }
          timing.layer = layer.name
          timing.kind = layer.kind
          timing.output = layer.output.description
          timing.plan = plan
          if layer.operations > 0, pass != .backward, timing.milliseconds > 0 {
            let work = layer.operations * Double(samples) * timing.calls
            let rate = work / timing.milliseconds * 1e-6
            timing.workShare = work
            timing.effectiveGigaflops = rate
            timing.percentOfSgemm = sgemm > 0 ? rate / sgemm * 100 : nil
          }
          list.append(timing)
        }
      }
    }
    for part in TimedPart.others {
      guard case .other(let name) = part, let timing = timing(part, named: name) else { continue }
      list.append(timing)
    }
    let work = list.reduce(0) { $0 + ($1.workShare ?? 0) }
    for index in list.indices { list[index].workShare = list[index].workShare.map { $0 / work * 100 } }
    // Time that belongs to no line of its own, such as calling a layer that has nothing to do in a pass, is
    // added to the last line, the rest.
    if let last = list.indices.last {
      list[last].milliseconds += all / count * 1e3 - list.reduce(0) { $0 + $1.milliseconds }
      list[last].share = all > 0 ? list[last].milliseconds * 1e-3 * count / all * 100 : 0
    }
    return list
  }
}
