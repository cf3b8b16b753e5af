import Configuration

/// Gaussian noise on all that D sees, reals and fakes alike, so that it cannot tell them by what no G could ever match
/// (Sonderby et al. 2017, section 2.3; Arjovsky and Bottou 2017, section 3). It fades linearly over the first steps.
package struct InstanceNoise: Equatable, Sendable {
  /// The standard deviation at the start, in units of pixels from -1 to 1; 0: no noise.
  package var deviation: Double
  /// The step from which on there is none; 0: it stays.
  package var decaySteps: Int

  /// Creates noise from its parts; the default is none.
  package init(deviation: Double = 0, decaySteps: Int = 0) {
    self.deviation = deviation
    self.decaySteps = decaySteps
  }

  /// The standard deviation in step `step`, counted from 0.
  package func deviation(step: Int) -> Double {
    guard decaySteps > 0 else { return deviation }
    return deviation * Double(max(0, decaySteps - step)) / Double(decaySteps)
  }
}

extension InstanceNoise: ConfigurationConvertible {
  /// Reads the noise strictly; what is left out is none.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(configuration, path: path, known: ["deviation", "decay_steps"])
    if let value = try reader.numberIfPresent("deviation") { deviation = value }
    if let value = try reader.integerIfPresent("decay_steps", in: 0...Int(UInt32.max)) { decaySteps = value }
    guard deviation >= 0 else { throw reader.wrong("deviation", .real(deviation), "a number, at least 0") }
  }

  /// The noise as it stands in JSON.
  package var configuration: ConfigurationValue {
    .object([.init("deviation", .real(deviation)), .init("decay_steps", .integer(decaySteps))])
  }
}
