import LMCore

/// The sampler chain in words, in the order it runs: "nucleus: T 1.00 → top-k off → top-p 0.95".
package struct ChainDescription {
  package let text: String
  /// Only what is switched on: "nucleus: top-p 0.95".
  package let brief: String

  package init(_ settings: SamplingSettings) {
    var plain = settings
    plain.order = .huggingFace
    // The strategy without its value, which the chain gives: "nucleus" of "nucleus-0.95".
    let name = SamplingPreset.all.first { $0.settings == plain }?.name.prefix { $0.isLetter || $0 == "-" }
    let chain = settings.isGreedy ? Self.penalties(settings) + ["argmax"] : Self.steps(settings)
    let strategy = name.map { $0.hasSuffix("-") ? $0.dropLast() : $0 }
    let active = chain.filter { !$0.hasSuffix(" off") && $0 != "T 1.00" }
    text = (strategy.map { "\($0): " } ?? "") + chain.joined(separator: " → ")
    brief = [strategy.map(String.init), active.isEmpty ? nil : active.joined(separator: " → ")]
      .compactMap { $0 }.joined(separator: ": ")
  }

  /// Temperature, top-k and top-p always stand there, the other filters when they are on.
  private static func steps(_ settings: SamplingSettings) -> [String] {
    let temperature = "T \(number(settings.temperature))"
    let topK = settings.topK == 0 ? "top-k off" : "top-k \(settings.topK)"
    let topP = settings.topP >= 1 ? "top-p off" : "top-p \(number(settings.topP))"
    let minP = settings.minP > 0 ? ["min-p \(number(settings.minP))"] : []
    let typical = settings.typicalP < 1 ? ["typical \(number(settings.typicalP))"] : []
    let truncation =
      (settings.epsilon > 0 ? ["epsilon \(number(settings.epsilon))"] : [])
      + (settings.eta > 0 ? ["eta \(number(settings.eta))"] : [])
    switch settings.order {
    case .huggingFace: return penalties(settings) + [temperature, topK, topP] + minP + typical + truncation
    case .llamaCpp: return penalties(settings) + [topK] + typical + [topP] + minP + truncation + [temperature]
    }
  }

  private static func penalties(_ settings: SamplingSettings) -> [String] {
    (settings.repetitionPenalty == 1 ? [] : ["penalty \(number(settings.repetitionPenalty))"])
      + (settings.noRepeatNgram == 0 ? [] : ["no \(settings.noRepeatNgram)-gram twice"])
  }

  /// A value of a knob: two decimals where that says it, else four.
  static func number(_ value: Double) -> String {
    guard value < .infinity else { return "∞" }
    // 1.1 * 100 is not quite 110.
    let isShort = abs(value * 100 - (value * 100).rounded()) < 1e-9
    return NumberFormat.fixed(value, decimals: isShort ? 2 : 4)
  }
}
