/// A way to write a text: token after token from one distribution, or with several texts at once.
public enum DecodingMethod: Hashable, Sendable {
  case sampling(SamplingSettings)
  case beams(BeamSettings)
  case contrastive(ContrastiveSettings)

  /// Reads a method as a person writes it: `beam 16` or `sampled-beam 4`, and behind it `length-penalty 0.6`,
  /// `early-stopping never`, of `diverse-beam 6` also `groups 3` (as many as beams) and `diversity 0.5`, and settings of the
  /// chain, between commas; or `contrastive 4`, behind it `alpha 0.6` and penalties; or settings of the chain alone.
  ///
  /// - Parameter own: presets besides those that exist.
  /// - Throws: as `SamplingSettings.init(described:order:own:)`.
  public init(described text: String, own: [SamplingPreset] = []) throws(SamplingError) {
    var items = text.split(separator: ",")[...]
    let first = items.first?.split(separator: " ").map(String.init) ?? []
    if first.first == "contrastive" {
      self = .contrastive(try Self.contrastive(items, own: own))
      return
    }
    guard let name = first.first, let choice = BeamSettings.Choice(rawValue: name) else {
      self = .sampling(try SamplingSettings(described: text, own: own))
      return
    }
    guard first.count == 2, let width = Int(first[1]), (1...BeamSettings.mostBeams).contains(width) else {
      throw .beamWidth(name: name, largest: BeamSettings.mostBeams)
    }
    items.removeFirst()
    var settings = BeamSettings(width: width, choice: choice)
    if choice == .diverse { settings.groups = width }
    var rest: [Substring] = []
    for item in items {
      let words = item.split(separator: " ")
      switch words.first {
      case "length-penalty":
        settings.lengthPenalty = try Self.value(words, "a number") {
          Double($0).flatMap { $0.isFinite ? $0 : nil }
        }
      case "early-stopping":
        guard settings.stopsEarly else { throw .stopRuleNeedsScores }
        let modes = BeamSettings.EarlyStopping.allCases.map(\.rawValue).joined(separator: ", ")
        settings.earlyStopping = try Self.value(words, "one of \(modes)") { .init(rawValue: $0) }
      case "groups", "diversity":
        guard choice == .diverse else {
          throw .settingOfOther(name: String(words[0]), strategy: "diverse-beam \(width)")
        }
        if words[0] == "groups" {
          settings.groups = try Self.value(words, "a whole number") { Int($0) }
        } else {
          settings.diversity = try Self.value(words, "a number above 0") {
            Double($0).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
          }
        }
      default: rest.append(item)
      }
    }
    guard choice != .diverse || settings.hasEqualGroups else {
      throw .beamGroups(settings.groups, width: width)
    }
    settings.sampling = try SamplingSettings(described: rest.joined(separator: ","), own: own)
    if let idle = settings.idleStep { throw .stepNeedsDraw(idle) }
    // Where nothing is drawn it is not needed, but here somebody has asked for it.
    guard settings.sampling.seedLike == .own else { throw .seedRuleNeedsOneText }
    _ = try BeamChain(BeamSearch(settings, limit: 1, endOfText: []))
    self = .beams(settings)
  }

  private static func contrastive(
    _ items: ArraySlice<Substring>, own: [SamplingPreset]
  ) throws(SamplingError) -> ContrastiveSettings {
    let first = items.first?.split(separator: " ") ?? []
    guard first.count == 2, let count = Int(first[1]),
      (1...ContrastiveSettings.mostCandidates).contains(count)
    else { throw .candidateCount(largest: ContrastiveSettings.mostCandidates) }
    var settings = ContrastiveSettings(candidateCount: count)
    var rest: [Substring] = []
    for item in items.dropFirst() {
      let words = item.split(separator: " ")
      guard words.first == "alpha" else {
        rest.append(item)
        continue
      }
      settings.alpha = try value(words, "a number from 0 to 1") {
        Double($0).flatMap { (0...1).contains($0) ? $0 : nil }
      }
    }
    settings.sampling = try SamplingSettings(described: rest.joined(separator: ","), own: own)
    try settings.validate()
    return settings
  }

  /// The value of a setting that is written as its name and one word.
  private static func value<Value>(
    _ words: [Substring], _ range: String, _ read: (String) -> Value?
  ) throws(SamplingError) -> Value {
    guard words.count == 2, let value = read(String(words[1])) else {
      let written = words.dropFirst().joined(separator: " ")
      throw .settingOutOfRange(
        title: String(words[0]), range: range, value: written.isEmpty ? "missing" : written)
    }
    return value
  }

  /// Whether another seed can give another text.
  public var draws: Bool {
    switch self {
    case .sampling(let settings): !settings.isGreedy
    case .beams(let settings): settings.draws
    case .contrastive: false
    }
  }

  /// How many texts are read together at most.
  public var width: Int {
    switch self {
    case .sampling: 1
    case .contrastive(let settings): settings.candidateCount
    case .beams(let settings): settings.width
    }
  }

  /// The chain that changes the model's distribution.
  public var sampling: SamplingSettings {
    switch self {
    case .sampling(let settings): settings
    case .beams(let settings): settings.sampling
    case .contrastive(let settings): settings.sampling
    }
  }

  /// Throws one sentence about the first setting that the method does not take.
  ///
  /// `SamplingError`, or `BeamError` about the beams.
  public func validate() throws {
    switch self {
    case .sampling(let settings): try settings.validate()
    case .beams(let settings):
      try settings.validate()
      _ = try BeamChain(BeamSearch(settings, limit: 1, endOfText: []))
    case .contrastive(let settings): try settings.validate()
    }
  }

  /// The settings under their names.
  public var json: JSON {
    switch self {
    case .sampling(let settings): settings.json
    case .beams(let settings): settings.json
    case .contrastive(let settings): settings.json
    }
  }
}
