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
    options: KnobDescription.all.map(option) + [
      Option(
        "order", nil, "ORDER", "hf: temperature first; llama.cpp: temperature last (hf)",
        offering: .words(ChainOrder.allCases.map(\.rawValue)),
        shown: { (options: SamplerOptions) in options.settings.order.rawValue }
      ) { argument throws(UsageError) in
        let order = try argument.choice(of: ChainOrder.self)
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

  /// The option of one setting of the chain.
  private static func option(_ knob: KnobDescription) -> Option {
    Option(
      knob.optionName, knob.letter, knob.isWhole ? "N" : "X", "\(knob.help): \(knob.range)",
      shown: { (options: SamplerOptions) in knob.text(in: options.settings) }
    ) { argument throws(UsageError) in
      if knob.isWhole, isTooLargeForInt(argument.text) { throw argument.tooLarge }
      var probe = SamplingSettings()
      guard knob.set(argument.text, in: &probe), (try? knob.check(probe)) != nil else {
        throw argument.outOfRange(knob.range)
      }
      return { $0.adjust { _ = knob.set(argument.text, in: &$0) } }
    }
  }
}
