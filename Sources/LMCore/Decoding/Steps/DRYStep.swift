import Glibc

extension StepName {
  /// The name of `DRYStep`.
  public static let dry = StepName("dry", title: "DRY")
}

/// Penalises the token that would continue a run of tokens which the text already holds, the more the longer the run
/// (text-generation-webui, pull request 5677; llama.cpp, pull request 9702).
///
/// 1. Wherever the last m tokens of the text also end earlier in the window, m as large as possible, the token behind
///    that place is a follower with length m; a follower keeps its largest m.
/// 2. m is at most the number of tokens behind the last sequence breaker; followers that are breakers are spared.
/// 3. Where m >= the allowed length, multiplier * base^(m - allowed) is subtracted. As in llama.cpp the exponent is at
///    most floor(88.72 / ln base).
struct DRYStep: SamplerStep {
  static let name = StepName.dry
  static let source = "text-generation-webui, pull request 5677"
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .dry, name: "dry_multiplier", title: "DRY multiplier", .number(\.dryMultiplier), off: 0,
      values: [0, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5], usual: 0.8,
      range: "a finite number of at least 0 (0 is off)", allows: { $0 >= 0 && $0 < .infinity },
      help: "DRY: penalise what would continue a repetition, by X and more", label: "DRY #", symbol: "dry",
      explanation: """
        Subtracted from the logit of a token that would continue a repeated run of tokens.
        Grows with the length of the run: stops loops and leaves single words alone.
        """),
    KnobDescription(
      .dry, name: "dry_base", title: "DRY base", isSwitch: false, .number(\.dryBase), off: 1.75,
      values: [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4],
      range: "a finite number of at least 0 (1.75 by default; below 1 DRY is off)",
      allows: { $0 >= 0 && $0 < .infinity }, help: "how DRY grows with each repeated token", label: "base #",
      symbol: "base",
      explanation: """
        The penalty of DRY is multiplied by this for each further token of the repetition.
        1 makes all lengths equal; 1.75 nearly bans long ones.
        """),
    KnobDescription(
      .dry, name: "dry_allowed_length", title: "DRY allowed length", isSwitch: false,
      .count(\.dryAllowedLength),
      off: 2, values: [0, 1, 2, 3, 4, 5, 6, 8, 10], range: "a whole number of at least 0 (2 by default)",
      allows: { $0 >= 0 },
      help: "the shortest repetition that DRY penalises", label: "from length #", symbol: "len",
      explanation: """
        A repetition of so many tokens is the first one that DRY penalises, by the multiplier.
        Raise it where names and set phrases of the text must be allowed to return.
        """),
    KnobDescription(
      .dry, name: "dry_penalty_last_n", title: "DRY window", isSwitch: false, .count(\.dryPenaltyLastN),
      off: 64, values: [0, 16, 32, 64, 128, 256, 512, 1024, 2048],
      range: "a whole number (64 by default; 0 or less is no window)",
      help: "how many last tokens DRY looks at", label: "last #", symbol: "last",
      explanation: """
        How many tokens back DRY looks for repetitions, prompt included.
        A loop longer than this goes unseen.
        """),
  ]

  private let (multiplier, base): (Double, Double)
  private let (allowedLength, window): (Int, Int)

  static func isOn(_ settings: SamplingSettings) -> Bool {
    settings.dryMultiplier != 0 && settings.dryBase >= 1 && settings.dryPenaltyLastN > 0
  }

  init(_ settings: SamplingSettings) {
    (multiplier, base) = (settings.dryMultiplier, settings.dryBase)
    (allowedLength, window) = (settings.dryAllowedLength, max(settings.dryPenaltyLastN, 0))
  }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    let largestExponent = base > 1.000_001 ? (88.722_839_1 / log(base)).rounded(.down) : .infinity
    let matches = matches(in: scene)
    try candidates.rescore(Set(matches.keys), by: Self.name) { id, score in
      let exponent = min(Double((matches[id]?.length ?? 0) - allowedLength), largestExponent)
      return score - multiplier * pow(base, exponent)
    }
  }

  /// The longest match of each token that is penalised.
  func matches(in scene: StepScene) -> [Int: DRYMatch] {
    let text = scene.history.suffix(window)
    guard text.count > allowedLength else { return [:] }
    let limit = scene.breakers.lengthBehindLast(in: text)
    guard limit >= allowedLength else { return [:] }
    var matches: [Int: DRYMatch] = [:]
    for (distance, length) in Self.suffixMatches(Array(text.reversed())).enumerated().dropFirst() {
      let end = text.endIndex - distance
      let match = DRYMatch(id: text[end], length: min(length, limit), end: end)
      guard match.length >= allowedLength, match.length > matches[match.id]?.length ?? -1,
        !scene.breakers.contains(match.id)
      else { continue }
      matches[match.id] = match
    }
    return matches
  }

  /// At each place the number of elements from there on that equal the first ones (the Z function), in linear time.
  private static func suffixMatches(_ elements: [Int]) -> [Int] {
    var lengths = [Int](repeating: 0, count: elements.count)
    // The match that reaches furthest so far: what lies inside it repeats the beginning.
    var (start, end) = (0, 0)
    for place in elements.indices.dropFirst() {
      var length = place < end ? min(end - place, lengths[place - start]) : 0
      while place + length < elements.count, elements[length] == elements[place + length] { length += 1 }
      lengths[place] = length
      if place + length > end { (start, end) = (place, place + length) }
    }
    return lengths
  }
}

/// A run of tokens at the end of the text that stood in it before, and the token that followed it there.
public struct DRYMatch: Hashable, Sendable {
  /// The token behind the earlier run: what DRY makes less likely.
  public let id: Int
  /// How many tokens match.
  public let length: Int
  /// Where the earlier run ends in the text: the place of `id`.
  public let end: Int
}

extension SamplerChain {
  /// What DRY matches behind a text, the most recent place of each token's longest match; empty where it is off.
  public func dryMatches(_ context: ChainContext) -> [DRYMatch] {
    guard order.contains(.dry) else { return [] }
    return DRYStep(settings).matches(in: context.scene(for: .dry)).values.sorted { $0.end < $1.end }
  }
}
