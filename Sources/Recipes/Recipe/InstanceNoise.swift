import Configuration

/// Gaussian noise that is added to all pictures that D sees, reals and fakes alike. Without it, D can tell reals from
/// fakes perfectly where their distributions do not overlap, and G learns nothing (Sonderby et al. 2017, section 2.3;
/// Arjovsky and Bottou 2017, section 3). The noise fades linearly over the first steps.
package struct InstanceNoise: Equatable, Sendable {
  /// The standard deviation at the start, for pixel values from -1 to 1; 0: there is no noise.
  package var deviation: Double
  /// The step from which on there is no noise; 0: the noise does not fade.
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
  /// Reads the noise strictly; a key that is left out is 0.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(configuration, path: path, known: ["deviation", "decay_steps"])
    if let value = try reader.numberIfPresent("deviation") { deviation = value }
    if let value = try reader.integerIfPresent("decay_steps", in: 0...Int(UInt32.max)) { decaySteps = value }
    guard deviation >= 0 else { throw reader.wrong("deviation", .real(deviation), "a number, at least 0") }
  }

  /// The noise as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object([.init("deviation", .real(deviation)), .init("decay_steps", .integer(decaySteps))])
  }
}
