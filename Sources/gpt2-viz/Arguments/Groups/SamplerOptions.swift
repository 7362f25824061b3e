import LMCore

/// The settings of the sampler chain: a preset, and single knobs over it.
struct SamplerOptions: OptionValues {
  /// What one source says.
  private struct Layer {
    /// It replaces all knobs of the layers below. The error is for a name that no preset has.
    var preset: (name: String, refusal: UsageError)?
    /// They win over the preset wherever they stand.
    var adjustments: [@Sendable (inout SamplingSettings) -> Void] = []
    /// DRY's breakers, where the layer names any.
    var breakers: [String]?
  }

  /// Lowest first; at least one.
  private var layers = [Layer()]
  /// The user's own presets, which may be named before they are known.
  private(set) var ownPresets: [SamplingPreset] = []

  private var layer: Layer {
    get { layers[layers.count - 1] }
    set { layers[layers.count - 1] = newValue }
  }

  /// Throws for a preset that nobody defined.
  var settings: SamplingSettings {
    get throws(UsageError) {
      var settings = SamplingSettings()
      for layer in layers {
        if let (name, refusal) = layer.preset {
          guard let preset = try? SamplingPreset.named(name, own: ownPresets) else { throw refusal }
          settings = preset.settings(in: settings.order, seedLike: settings.seedLike)
        }
        for adjust in layer.adjustments { adjust(&settings) }
        if let breakers = layer.breakers { settings.drySequenceBreakers = breakers }
      }
      return settings
    }
  }

  /// The preset that was named last, as it was named.
  var presetName: String? { layers.last { $0.preset != nil }?.preset?.name }

  mutating func define(_ preset: SamplingPreset) {
    ownPresets.removeAll { $0.name == preset.name }
    ownPresets.append(preset)
  }

  /// The first one replaces those of the layers below.
  mutating func add(breaker: String?) {
    layer.breakers = (layer.breakers ?? []) + (breaker.map { [$0] } ?? [])
  }

  mutating func start(fromPreset name: String, refusal: UsageError) {
    layer.preset = (name, refusal)
  }

  mutating func adjust(_ change: @escaping @Sendable (inout SamplingSettings) -> Void) {
    layer.adjustments.append(change)
  }

  mutating func closeLayer() { layers.append(Layer()) }
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
        shown: { (options: SamplerOptions) in (try? options.settings)?.order.rawValue }
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
        shown: { (options: SamplerOptions) in (try? options.settings)?.seedLike.rawValue }
      ) { argument throws(UsageError) in
        let rule = try argument.choice(of: SeedRule.self)
        return { $0.adjust { $0.seedLike = rule } }
      },
      Option(
        flag: "known-only",
        "with a server: draw only among the tokens that it tells, as a last step of the chain"
      ) { (options: inout SamplerOptions) in options.adjust { $0.knownOnly = true } },
      Option(flag: "greedy", "always the most probable token: --temperature 0") {
        (options: inout SamplerOptions) in options.adjust { $0.temperature = 0 }
      },
      Option(
        "preset", nil, "NAME", "start from nucleus, " + inWords(SamplingPreset.all.map(\.name)),
        offering: .words(["nucleus"] + SamplingPreset.all.map(\.name)),
        shown: { (options: SamplerOptions) in options.presetName }, unset: "none"
      ) { argument throws(UsageError) in
        let refusal = argument.refused("nucleus, " + inWords(SamplingPreset.all.map(\.name)))
        return { $0.start(fromPreset: argument.text, refusal: refusal) }
      },
      Option(
        "define-preset", nil, "NAME: SETTINGS",
        "a preset of your own, as 'mine: top-k 40, min-p 0.05', for --preset, --compare and v; may be repeated",
        shown: { (options: SamplerOptions) in
          let names = options.ownPresets.map(\.name)
          return names.isEmpty ? nil : names.joined(separator: ", ")
        }, unset: "none"
      ) { argument throws(UsageError) in
        let parts = argument.text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else {
          throw UsageError("\(argument.option) takes a name and settings, as 'mine: top-k 40, min-p 0.05'")
        }
        do throws(SamplingError) {
          let preset = try SamplingPreset(
            own: String(parts[0].trimmed()), described: String(parts[1].trimmed()))
          return { $0.define(preset) }
        } catch {
          throw UsageError("\(argument.option): \(error)")
        }
      },
    ])

  /// The option of one setting of the chain.
  private static func option(_ knob: KnobDescription) -> Option {
    Option(
      knob.optionName, knob.letter, knob.placeholder, "\(knob.help): \(knob.range)",
      offering: knob.words.isEmpty ? .any : .words(knob.words),
      shown: { (options: SamplerOptions) in (try? options.settings).map(knob.text) }
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
