import LMCore

/// The sampler chain in words, in the order it runs: "nucleus: T 1.00 → top-k off → top-p 0.95".
package struct ChainDescription {
  package let text: String
  /// Only what is switched on: "nucleus: top-p 0.95".
  package let brief: String
  /// What is switched on, in few letters: "T.8", "p.95".
  private let symbols: [String]

  /// - Parameter glyphs: with `.ascii`, arrows and signs are spelled: "->", "inf".
  package init(_ settings: SamplingSettings, glyphs: GlyphSet = .blocks) {
    // The strategy without its value, which the chain gives: "nucleus" of "nucleus-0.95".
    let preset = SamplingPreset.all.first { $0.has(settings) }
    let name = preset?.name.prefix { $0.isLetter || "-.".contains($0) }
    let title = name.map { String($0.hasSuffix("-") ? $0.dropLast() : $0) } ?? ""
    // A name such as "top-k" would only say again what the chain says.
    let strategy =
      title.count < 3 || StepName.allCases.contains { $0.title.lowercased() == title } ? [] : [title]
    let knobs = settings.chainKnobs
    // It has no setting, and no place in the order.
    let lastStep = settings.knownOnly ? [StepName.known.title] : []
    func chain(_ knobs: [KnobDescription]) -> String {
      // The settings of one step stand together: "XTC 0.50 from 0.20".
      let labels =
        settings.order.steps.compactMap { step in
          let words = knobs.filter { $0.step == step }.compactMap { $0.label(in: settings) }
          return words.isEmpty ? nil : words.joined(separator: " ")
        } + lastStep
      let parts = strategy + (labels.isEmpty ? [] : [labels.joined(separator: " → ")])
      return glyphs.spelled(parts.joined(separator: ": "))
    }
    text = chain(knobs)
    let active = knobs.filter { !$0.isOff(in: settings) && $0.step.isOn(settings) }
    brief = chain(active)
    symbols = active.map { glyphs.spelled($0.symbol(in: settings)) } + lastStep
  }

  /// What is switched on, within so many columns: in words, then in few letters, then only its first steps and the
  /// number of the others: "T.8 k40 p.95 +2". Never empty.
  package func fitting(_ columns: Int) -> String {
    let short = symbols.indices.reversed().map { last in
      let rest = symbols.count - 1 - last
      return (symbols[...last] + (rest > 0 ? ["+\(rest)"] : [])).joined(separator: " ")
    }
    let forms = [brief] + short
    return forms.first { CellWidth.width(of: $0) <= columns } ?? forms[forms.count - 1]
  }

  /// What the binding filter did: "top-p makes the cut"; nil where nothing was removed. A filter that leaves gaps makes none.
  package static func bindingDeed(in distribution: Distribution) -> String? {
    distribution.bindingFilter.map {
      "\($0.title) \(distribution.cutLineRank == nil ? "removed the others" : "makes the cut")"
    }
  }

  /// Why a token cannot be drawn; nil for one that the model itself rules out. Greedy decoding removes all but one.
  package static func removal(by step: StepName?) -> String {
    step == .temperature ? "not taken" : "removed" + (step.map { " by \($0.title)" } ?? "")
  }

  /// A step that removed tokens, with its value: "top-p 0.92". The temperature removes tokens at 0 only.
  package static func name(of step: StepName, in settings: SamplingSettings) -> String {
    step == .temperature && settings.isGreedy ? "greedy" : step.knobs.first?.label(in: settings) ?? step.title
  }
}
