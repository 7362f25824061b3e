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
  /// DRY's breakers, where this layer names any.
  private var breakers: [String]?

  var settings: SamplingSettings {
    var settings =
      preset?.settings(in: lowerSettings.order, seedLike: lowerSettings.seedLike) ?? lowerSettings
    for adjust in adjustments { adjust(&settings) }
    if let breakers { settings.drySequenceBreakers = breakers }
    return settings
  }

  /// The first one replaces those of the layers below.
  mutating func add(breaker: String?) { breakers = (breakers ?? []) + (breaker.map { [$0] } ?? []) }

  mutating func start(from preset: SamplingPreset, named name: String) {
    (self.preset, presetName) = (preset, name)
  }

  mutating func adjust(_ change: @escaping @Sendable (inout SamplingSettings) -> Void) {
    adjustments.append(change)
  }

  mutating func closeLayer() {
    (lowerSettings, preset, adjustments, breakers) = (settings, nil, [], nil)
  }
}

extension OptionGroup {
  static let sampler = OptionGroup(
    title: "Sampler; everything is off by default",
    options: KnobDescription.all.map(option) + [
      Option(
        "dry-sequence-breaker", nil, "TEXT",
        "a text that no repetition of DRY runs over, instead of \\n : \" and *; may be repeated; none: no such text"
      ) { argument throws(UsageError) in
        let text = argument.text == "none" ? nil : unescaped(argument.text)
        return { (options: inout SamplerOptions) in options.add(breaker: text) }
      },
      Option(
        "order", nil, "ORDER",
        "hf: temperature first; llama.cpp: temperature last; vllm: min-p first; or steps such as top_k;temperature (hf)",
        offering: .words(ChainOrder.allCases.map(\.rawValue)),
        shown: { (options: SamplerOptions) in options.settings.order.rawValue }
      ) { argument throws(UsageError) in
        do throws(SamplingError) {
          let order = try ChainOrder(parsing: argument.text)
          return { $0.adjust { $0.order = order } }
        } catch {
          throw argument.refused(
            inWords(
              ChainOrder.allCases.map(\.name) + [
                "some of " + StepName.allCases.map(\.rawValue).joined(separator: ";")
              ]))
        }
      }.alsoNamed(["samplers"]),
      Option(
        "seed-like", nil, "NAME",
        "gpt2-viz, or llama.cpp: the same seed draws the same tokens as there (gpt2-viz)",
        offering: .words(SeedRule.allCases.map(\.rawValue)),
        shown: { (options: SamplerOptions) in options.settings.seedLike.rawValue }
      ) { argument throws(UsageError) in
        let rule = try argument.choice(of: SeedRule.self)
        return { $0.adjust { $0.seedLike = rule } }
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
      knob.optionName, knob.letter, knob.placeholder, "\(knob.help): \(knob.range)",
      offering: knob.words.isEmpty ? .any : .words(knob.words),
      shown: { (options: SamplerOptions) in knob.text(in: options.settings) }
    ) { argument throws(UsageError) in
      if knob.isWhole, isTooLargeForInt(argument.text) { throw argument.tooLarge }
      var probe = SamplingSettings()
      guard knob.set(argument.text, in: &probe), (try? knob.check(probe)) != nil else {
        throw argument.outOfRange(knob.range)
      }
      return { $0.adjust { _ = knob.set(argument.text, in: &$0) } }
    }.alsoNamed(knob.otherNames)
  }

  /// `\n`, `\t` and `\\` as the characters that they stand for, as llama.cpp reads them.
  private static func unescaped(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      let next = character == "\\" ? rest.first : nil
      guard let next, let meant = ["n": "\n", "t": "\t", "\\": "\\", "\"": "\"", "'": "'"][next] else {
        result.append(character)
        continue
      }
      result += meant
      rest.removeFirst()
    }
    return result
  }
}
