import LMCore

/// The sampler chain in words, in the order it runs: "nucleus: T 1.00 → top-k off → top-p 0.95".
package struct ChainDescription {
  package let text: String
  /// Only what is switched on: "nucleus: top-p 0.95".
  package let brief: String

  /// - Parameter glyphs: with `.ascii`, arrows and signs are spelled: "->", "inf".
  package init(_ settings: SamplingSettings, glyphs: GlyphSet = .blocks) {
    var plain = settings
    plain.order = .huggingFace
    // The strategy without its value, which the chain gives: "nucleus" of "nucleus-0.95".
    let name = SamplingPreset.all.first { $0.settings == plain }?.name.prefix { $0.isLetter || $0 == "-" }
    let strategy = (name.map { $0.hasSuffix("-") ? $0.dropLast() : $0 }).map { [String($0)] } ?? []
    let steps = settings.isGreedy ? Self.penalties(settings) + [Step("argmax")] : Self.steps(settings)
    func joined(_ steps: [Step]) -> String { steps.map(\.text).joined(separator: " → ") }
    let active = steps.filter(\.isOn)
    text = glyphs.spelled((strategy + [joined(steps)]).joined(separator: ": "))
    brief = glyphs.spelled((strategy + (active.isEmpty ? [] : [joined(active)])).joined(separator: ": "))
  }

  private struct Step {
    let text: String
    let isOn: Bool

    init(_ text: String, isOn: Bool = true) { (self.text, self.isOn) = (text, isOn) }
  }

  /// Temperature, top-k and top-p always stand there, the other filters when they are on.
  private static func steps(_ settings: SamplingSettings) -> [Step] {
    let temperature = Step("T \(number(settings.temperature))", isOn: settings.temperature != 1)
    let topK = settings.topK == 0 ? Step("top-k off", isOn: false) : Step("top-k \(settings.topK)")
    let topP = settings.topP >= 1 ? Step("top-p off", isOn: false) : Step("top-p \(number(settings.topP))")
    let minP = settings.minP > 0 ? [Step("min-p \(number(settings.minP))")] : []
    let typical = settings.typicalP < 1 ? [Step("typical \(number(settings.typicalP))")] : []
    let truncation =
      (settings.epsilon > 0 ? [Step("epsilon \(number(settings.epsilon))")] : [])
      + (settings.eta > 0 ? [Step("eta \(number(settings.eta))")] : [])
    switch settings.order {
    case .huggingFace: return penalties(settings) + [temperature, topK, topP] + minP + typical + truncation
    case .llamaCpp: return penalties(settings) + [topK] + typical + [topP] + minP + truncation + [temperature]
    }
  }

  private static func penalties(_ settings: SamplingSettings) -> [Step] {
    (settings.repetitionPenalty == 1 ? [] : [Step("penalty \(number(settings.repetitionPenalty))")])
      + (settings.noRepeatNgram == 0 ? [] : [Step("no \(settings.noRepeatNgram)-gram twice")])
  }

  /// The filter with its value: "top-p 0.92".
  package static func name(of filter: FilterName, in settings: SamplingSettings) -> String {
    switch filter {
    case .topK: "top-k \(settings.topK)"
    case .topP: "top-p \(number(settings.topP))"
    case .minP: "min-p \(number(settings.minP))"
    case .typicalP: "typical \(number(settings.typicalP))"
    case .temperature: "greedy"
    default: filter.title
    }
  }

  /// A value of a knob, as every view shows it.
  package static func number(_ value: Double) -> String { NumberFormat.knob(value) }
}
