/// How a pass by a Winograd form is divided into items, each of some tiles and some channels.
///
/// Where the cuts fall changes no sum (Note [Own products]). So they are chosen for the caches and for the
/// number of threads, and may cross slices. Each item reads the weights once, from the third-level cache or
/// from memory, so an item should have many tiles; but the sums of an item should stay in the second-level
/// cache. Where there would be too few items, the channels are divided too: the transforms are then
/// repeated, which costs less than idle threads.
struct WinogradCuts {
  /// Tiles (or pictures) of an item; the last may have fewer.
  let step: Int
  /// Items along the tiles.
  let parts: Int
  /// Channels of an item.
  let channelStep: Int
  /// Items along the channels.
  let channelParts: Int

  /// All items.
  var count: Int { parts * channelParts }

  /// Cuts `units` (tiles or pictures) and `channels`. An item takes at most `most` units, in multiples of
  /// `unit`, and at most `mostChannels` channels.
  init(units: Int, most: Int, unit: Int, channels: Int, mostChannels: Int, threads: Int) {
    let panel = 32
    func whole(_ value: Int, _ step: Int) -> Int { (value + step - 1) / step * step }
    var channelParts = (channels + mostChannels - 1) / mostChannels
    var parts = max(1, (units + most - 1) / most)
    let wanted = threads == 1 ? 1 : 2 * threads
    while parts * channelParts < wanted, channels / (channelParts * 2) >= 2 * panel { channelParts *= 2 }
    // The same number of items for each thread, where possible.
    while parts * channelParts % threads != 0, parts < units / unit, parts < 8 * threads { parts += 1 }
    // A rank may be without samples: then there are no items.
    step = max(unit, whole((units + parts - 1) / parts, unit))
    self.parts = (units + step - 1) / step
    channelStep = whole((channels + channelParts - 1) / channelParts, panel)
    self.channelParts = (channels + channelStep - 1) / channelStep
  }

  /// The units of item `index`.
  func units(_ index: Int, of count: Int) -> Range<Int> {
    let first = index / channelParts * step
    return first..<min(count, first + step)
  }

  /// The channels of item `index`.
  func channels(_ index: Int, of count: Int) -> Range<Int> {
    let first = index % channelParts * channelStep
    return first..<min(count, first + channelStep)
  }
}
