import LMCore

/// The settings that the user chose for a lane: those in use, and the user's own ones, to which `u` goes back.
///
/// Greedy, pure and nucleus sampling by their keys, and a strategy from the list, are views: they replace nothing.
struct ChainHistory: Equatable, Sendable {
  /// The settings chosen last. The step on screen may have been made with others.
  private(set) var current: SamplingSettings
  /// True where `current` is a view, not turned since.
  private(set) var isView = false
  /// The user's own settings, the newest last; at least one.
  private var own: [SamplingSettings]

  /// The number of own settings that are kept.
  private static let limit = 20

  init(_ settings: SamplingSettings) { (current, own) = (settings, [settings]) }

  /// The settings of a kept lane: where it ended in a strategy by name, the last ones before that are the user's own.
  init(_ lane: SavedLane) {
    let last = (lane.last ?? lane.next).settings
    let own = lane.steps.last { !Self.isByName($0.settings) }?.settings
    guard let own, Self.isByName(last) else {
      self.init(last)
      return
    }
    self.init(own)
    view(last)
  }

  private static func isByName(_ settings: SamplingSettings) -> Bool {
    var strategy = settings
    strategy.knownOnly = false
    return SamplingPreset.all.contains { $0.has(strategy) }
  }

  /// A knob was turned, from the settings on screen. A view that is turned becomes the user's own, above the ones from
  /// before; so do settings of an earlier step.
  mutating func turn(to settings: SamplingSettings, from shown: SamplingSettings) {
    if isView || shown != current { own.append(settings) } else { own[own.count - 1] = settings }
    if own.count > Self.limit { own.removeFirst() }
    (current, isView) = (settings, false)
  }

  /// Keeps the settings in use as the user's own, so that the next turn replaces nothing.
  mutating func keepOwn() {
    own.append(current)
    if own.count > Self.limit { own.removeFirst() }
    isView = false
  }

  /// Shows a strategy by name; the same one again goes back to the user's own.
  mutating func view(_ settings: SamplingSettings) {
    guard !isView || settings != current else { return back() }
    (current, isView) = (settings, settings != own.last)
  }

  /// Goes back to the user's own settings; where these are in use, to the ones from before.
  mutating func back() {
    if !isView, own.count > 1 { own.removeLast() }
    (current, isView) = (own[own.count - 1], false)
  }
}
