/// How a pass by a Winograd form is shared out: items of some tiles and some channels each.
///
/// Where the cuts fall matters to no sum (Note [Own products]), so they are made for the caches and for the
/// number of threads, and across slices. Weights come from the third cache or from memory, one time for every
/// item's tiles, so items want many tiles; the sums of an item want to stay in the second cache. Channels are
/// shared out too where there would be too few items: the transforms are then repeated, which costs less than
/// idle threads.
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

  /// Cuts `units` (tiles or pictures), of which an item takes at most `most`, and `channels`, of which it takes at
  /// most `mostChannels`.
  init(units: Int, most: Int, unit: Int, channels: Int, mostChannels: Int, threads: Int) {
    let panel = 32
    func whole(_ value: Int, _ step: Int) -> Int { (value + step - 1) / step * step }
    var channelParts = (channels + mostChannels - 1) / mostChannels
    var parts = max(1, (units + most - 1) / most)
    let wanted = threads == 1 ? 1 : 2 * threads
    while parts * channelParts < wanted, channels / (channelParts * 2) >= 2 * panel { channelParts *= 2 }
    // As many for each thread.
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
