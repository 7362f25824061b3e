import LMCore

/// The settings of the sampler chain: a preset, and single knobs over it.
struct SamplerOptions: OptionValues {
  /// What the layers below say.
  private var lowerSettings = SamplingSettings()
  /// The preset that this layer names; it replaces all knobs of the layers below.
  private var preset: SamplingPreset?
  /// The preset that was named last, as it was named.
  private(set) var presetName: String?
  /// The knobs that this layer names; they win over its preset wherever they stand.
  private var adjustments: [@Sendable (inout SamplingSettings) -> Void] = []

  var settings: SamplingSettings {
    var settings = preset?.settings ?? lowerSettings
    // The order belongs to no strategy.
    settings.order = lowerSettings.order
    for adjust in adjustments { adjust(&settings) }
    return settings
  }

  mutating func start(from preset: SamplingPreset, named name: String) {
    (self.preset, presetName) = (preset, name)
  }

  mutating func adjust(_ change: @escaping @Sendable (inout SamplingSettings) -> Void) {
    adjustments.append(change)
  }

  mutating func closeLayer() {
    (lowerSettings, preset, adjustments) = (settings, nil, [])
  }
}

extension OptionGroup {
  static let sampler = OptionGroup(
    title: "Sampler; everything is off by default",
    options: [
      knob(.temperature, "t", "X", "divide the logits by X", \.temperature),
      knob(.topK, "k", "N", "keep the N most probable tokens and those tied with the last", \.topK),
      knob(.topP, "p", "X", "keep the fewest tokens whose probabilities reach X (nucleus)", \.topP),
      knob(.minP, nil, "X", "remove tokens below X times the largest probability", \.minP),
      knob(.typicalP, nil, "X", "locally typical sampling with mass X", \.typicalP),
      knob(.epsilon, nil, "X", "remove tokens less probable than X", \.epsilon),
      knob(.eta, nil, "X", "as epsilon, but lower where the entropy is high", \.eta),
      knob(.repetitionPenalty, nil, "X", "make tokens of the text so far less likely", \.repetitionPenalty),
      knob(.noRepeatNgram, nil, "N", "never repeat N tokens in a row", \.noRepeatNgram),
      Option(
        "order", nil, "ORDER", "hf: temperature first; llama.cpp: temperature last (hf)",
        offering: .words(SamplingSettings.Order.allCases.map(\.rawValue)),
        shown: { (options: SamplerOptions) in options.settings.order.rawValue }
      ) { argument throws(UsageError) in
        let order = try argument.choice(of: SamplingSettings.Order.self)
        return { $0.adjust { $0.order = order } }
      },
      Option(flag: "greedy", "always the most probable token: --temperature 0") {
        (options: inout SamplerOptions) in options.adjust { $0.temperature = 0 }
      },
      Option(
        "preset", nil, "NAME", "start from nucleus, " + inWords(SamplingPreset.all.map(\.name)),
        offering: .words(["nucleus"] + SamplingPreset.all.map(\.name)),
        shown: { (options: SamplerOptions) in options.presetName }, unset: "none"
      ) { argument throws(UsageError) in
        guard let preset = try? SamplingPreset.named(argument.text) else {
          throw argument.refused("nucleus, " + inWords(SamplingPreset.all.map(\.name)))
        }
        return { $0.start(from: preset, named: argument.text) }
      },
    ])

  /// One setting of the chain. `SamplerChain` checks its range.
  private static func knob<Value: LosslessStringConvertible & Sendable>(
    _ filter: FilterName, _ letter: Character?, _ placeholder: String, _ help: String,
    _ setting: WritableKeyPath<SamplingSettings, Value> & Sendable
  ) -> Option {
    let name = String(filter.rawValue.map { $0 == "_" ? "-" : $0 })
    return Option(
      name, letter, placeholder, "\(help): \(filter.range)",
      shown: { (options: SamplerOptions) in
        let text = "\(options.settings[keyPath: setting])"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
      }
    ) { argument throws(UsageError) in
      if Value.self == Int.self, isTooLargeForInt(argument.text) { throw argument.tooLarge }
      var probe = SamplingSettings()
      guard let number = Value(argument.text) else { throw argument.outOfRange(filter.range) }
      probe[keyPath: setting] = number
      guard (try? SamplerChain(probe)) != nil else { throw argument.outOfRange(filter.range) }
      return { $0.adjust { $0[keyPath: setting] = number } }
    }
  }
}
