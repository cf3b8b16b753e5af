import Networks

extension Preset {
  /// The PyTorch tutorial's training: hard labels, Adam 2e-4 with beta1 0.5, one update of each, the
  /// generator's through the fakes that D has just seen; batches of 128, 5 epochs.
  public static let dcgan64 = Preset(architecture: .dcgan64, recipe: Recipe(), intervals: OutputIntervals())

  /// The same training of the pair with conditions; the fakes' labels are those of the reals beside them.
  public static let cdcgan64 = Preset(architecture: .cdcgan64, recipe: Recipe(), intervals: OutputIntervals())
}
