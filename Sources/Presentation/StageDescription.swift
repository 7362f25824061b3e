import LMCore

/// What one step of the sampler chain did at a decision, in words: "removes 9 tokens", "chance 0.83 > 0.50: did not act".
package struct StageDescription {
  private let stage: SamplerStage
  private let settings: SamplingSettings
  private let distribution: Distribution
  private let glyphs: GlyphSet
  private let isBrief: Bool
  private let match: DRYMatch?
  private let token: (Int) -> String

  /// - Parameters:
  ///   - distribution: the one that is shown, which tells whether this step makes its cut.
  ///   - isBrief: numbers without their noun, for a narrow column.
  ///   - match: the longest run that DRY found.
  ///   - token: the name of a token by its id.
  package init(
    _ stage: SamplerStage, _ settings: SamplingSettings, _ distribution: Distribution, glyphs: GlyphSet,
    isBrief: Bool = false, match: DRYMatch? = nil, token: @escaping (Int) -> String
  ) {
    (self.stage, self.settings, self.distribution) = (stage, settings, distribution)
    (self.glyphs, self.isBrief, self.match, self.token) = (glyphs, isBrief, match, token)
  }

  package var text: String {
    let parts = [condition, effect].filter { !$0.isEmpty }
    return glyphs.spelled(parts.joined(separator: ": "))
  }

  /// What the effect depends on: the step's chance, or what it kept from the decision before.
  private var condition: String {
    func short(_ value: Double) -> String {
      let digits = NumberFormat.fixed(value, decimals: 2)
      return isBrief && digits.hasPrefix("0.") ? String(digits.dropFirst()) : digits
    }
    switch stage.name {
    case .xtc:
      guard let chance = stage.chance else { return "" }
      return "chance \(short(chance)) \(doesXTCAct ? glyphs.atMost : ">") \(short(settings.xtcProbability))"
    case .mirostat:
      return stage.memory.map { "mu \(short($0.first))\(isBrief ? "" : " bits")" } ?? ""
    case .adaptiveP:
      return stage.adaptiveAim(settings).map { "aims at \(NumberFormat.percent($0))" } ?? ""
    default: return ""
    }
  }

  private var doesXTCAct: Bool { stage.chance.map { $0 <= settings.xtcProbability } ?? true }

  private var effect: String {
    if stage.name == .temperature { return temperature }
    if stage.name == .xtc, stage.removed == 0 {
      return doesXTCAct
        ? "fewer than two tokens reach \(NumberFormat.knob(settings.xtcThreshold))" : "did not act"
    }
    if stage.example != nil || stage.lowered + stage.raised > 0 { return changed }
    if stage.name == .adaptiveP { return isBrief ? "prefers near it" : "prefers tokens near it" }
    guard stage.removed > 0 else { return "\(deed) nothing here" }
    let limit = stage.lowest.map { (isBrief ? " < " : " below ") + NumberFormat.percent($0) } ?? ""
    return "removes \(removed)\(limit)" + place
  }

  /// What a step of this kind does, where it found nothing to do it to.
  private var deed: String {
    switch stage.name {
    case .repetitionPenalty, .penalties, .dry: "lowers"
    case .noRepeatNgram: "bans"
    default: "removes"
    }
  }

  /// "9 tokens", "5 to 3,495 tokens", or in a narrow column "≥5".
  private var removed: String {
    let bounds = stage.removedBounds
    if bounds.count == 1 { return tokens(stage.removed) }
    if bounds.lowerBound == 0 { return "up to \(tokens(stage.removed))" }
    if isBrief { return glyphs.atLeast + NumberFormat.grouped(bounds.lowerBound) }
    return RangeText.count(bounds) + " tokens"
  }

  private func tokens(_ count: Int) -> String {
    isBrief ? NumberFormat.grouped(count) : counted(count, "token")
  }

  /// Where the removed tokens stand, where that is not the tail.
  private var place: String {
    guard stage.name != distribution.bindingFilter || distribution.cutLineRank == nil else {
      return " \(glyphs.arrowLeft) the cut\(isBrief ? "" : " you see")"
    }
    return distribution.row(atRank: 1)?.removedBy == stage.name ? ", rank 1 among them" : ""
  }

  private var temperature: String {
    if settings.isGreedy { return "takes the most probable token" }
    guard let value = stage.temperature, value != 1 else { return "changes nothing here" }
    var gain = value < 1 ? "likely tokens gain" : "unlikely tokens gain"
    if let change = stage.example {
      // The most likely token falls where the others gain.
      let link = change.after < change.before ? "; " : ", "
      gain = "\(isBrief ? "" : gain + link)\(named(change))"
    }
    return settings.dynatempRange > 0 ? "T \(NumberFormat.knob(value)) here: \(gain)" : gain
  }

  /// What a step did to single tokens, with the most probable of them where its share is known.
  private var changed: String {
    if let change = stage.example, stage.removed > 0 {
      let name = token(change.id)
      let before = NumberFormat.percent(change.before)
      return "bans \(stage.removed == 1 ? "" : tokens(stage.removed) + ": ")\(name) \(before)"
    }
    let counts = [(stage.lowered, "lowers"), (stage.raised, "raises")].filter { $0.0 > 0 }
      .map { "\($0.1) \(tokens($0.0))" }
    let run =
      stage.name == .dry
      ? match.map {
        "; \(tokens($0.length)) repeat\($0.length == 1 ? "s" : "")\(isBrief ? "" : " (underlined)")"
      } : nil
    let example = stage.example.map { ": " + named($0) } ?? ""
    return counts.joined(separator: " and ") + example + (run ?? "")
  }

  /// `␣the 25.5% → 10.5%`
  private func named(_ change: SamplerStage.TokenChange) -> String {
    let shares = [change.before, change.after].map(NumberFormat.percent)
    return "\(token(change.id)) \(shares.joined(separator: " \(glyphs.arrowRight) "))"
  }
}
