import LMCore
import Presentation

/// Options under one heading of a help page.
struct OptionGroup: Sendable {
  let title: String
  let options: [Option]
}

extension OptionGroup {
  static let text = OptionGroup(
    title: "Text",
    options: [
      Option("file", "f", "FILE", "read the text from FILE ('-' is standard input)") {
        options, value throws(UsageError) in options.file = value.text
      }.offering(.file)
    ])

  static let textOrIDs = OptionGroup(
    title: "Text",
    options: text.options + [
      Option("ids", nil, "IDS", "token ids instead of a text; needs no vocabulary") {
        options, value throws(UsageError) in options.ids = try value.tokenIDs()
      }
    ])

  static let model = OptionGroup(
    title: "Model",
    options: [
      Option(
        "model", "m", "NAME|DIR", "'storyteller', a downloaded model or a folder (or set GPT2_VIZ_MODEL)"
      ) {
        options, value throws(UsageError) in
        guard !value.text.isEmpty else { throw value.refused("a model's name or folder") }
        options.model = value.text
      }.offering(.model).configurable { $0.model ?? ModelLocation.builtIn.name },
      Option("threads", nil, "N", "how many threads compute (default: as many as serve)") {
        options, value throws(UsageError) in
        options.threads = try value.integer(in: 1...ThreadPool.mostThreads)
      }.configurable(unset: "as many as serve") { $0.threads.map(String.init) },
      Option("precision", nil, "P", "f32, or int8: matrices in 8 bits, a quarter of the memory (f32)") {
        options, value throws(UsageError) in
        guard let precision = Precision(rawValue: value.text) else {
          throw value.refused(inWords(Precision.allCases.map(\.rawValue)))
        }
        options.precision = precision
      }.offering(.words(Precision.allCases.map(\.rawValue))).configurable { $0.precision.rawValue },
    ])

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
      Option("order", nil, "ORDER", "hf: temperature first; llama.cpp: temperature last (hf)") {
        options, value throws(UsageError) in
        guard let order = SamplingSettings.Order(rawValue: value.text) else {
          throw value.refused(inWords(SamplingSettings.Order.allCases.map(\.rawValue)))
        }
        options.adjustments.append { $0.order = order }
      }.offering(.words(SamplingSettings.Order.allCases.map(\.rawValue)))
        .configurable { $0.samplingSettings.order.rawValue },
      Option(flag: "greedy", "always the most probable token: --temperature 0") {
        $0.adjustments.append { $0.temperature = 0 }
      },
      Option("preset", nil, "NAME", "start from nucleus, " + inWords(SamplingPreset.all.map(\.name))) {
        options, value throws(UsageError) in
        guard let preset = try? SamplingPreset.named(value.text) else {
          throw value.refused("nucleus, " + inWords(SamplingPreset.all.map(\.name)))
        }
        options.preset = preset
        options.presetName = value.text
      }.offering(.words(["nucleus"] + SamplingPreset.all.map(\.name)))
        .configurable(unset: "none") { $0.presetName },
    ])

  /// One setting of the chain. What it may be is the chain's to say.
  private static func knob<Value: LosslessStringConvertible & Sendable>(
    _ filter: FilterName, _ letter: Character?, _ placeholder: String, _ help: String,
    _ setting: WritableKeyPath<SamplingSettings, Value> & Sendable
  ) -> Option {
    let name = String(filter.rawValue.map { $0 == "_" ? "-" : $0 })
    return Option(name, letter, placeholder, "\(help): \(filter.range)") {
      options, value throws(UsageError) in
      if Value.self == Int.self, isTooLargeForInt(value.text) { throw value.tooLarge }
      var probe = SamplingSettings()
      guard let number = Value(value.text) else { throw value.outOfRange(filter.range) }
      probe[keyPath: setting] = number
      guard (try? SamplerChain(probe)) != nil else { throw value.outOfRange(filter.range) }
      options.adjustments.append { $0[keyPath: setting] = number }
    }.configurable { options in
      let text = "\(options.samplingSettings[keyPath: setting])"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
  }

  static let seed = chance("seed of the random numbers (default: a random one, told)")
  /// For commands that show a distribution: with it they also draw from it.
  static let drawSeed = chance("draw a token with the first number of this seed")

  private static func chance(_ help: String) -> OptionGroup {
    OptionGroup(
      title: "Chance",
      options: [
        Option("seed", nil, "N", help) { options, value throws(UsageError) in
          guard let seed = UInt64(value.text) else {
            throw value.refused("a whole number from 0 to 2^64 - 1")
          }
          options.seed = seed
        }.configurable(unset: "random") { $0.seed.map(String.init) }
      ])
  }

  static let general = OptionGroup(
    title: "General",
    options: [
      Option("color", nil, "WHEN", "colours: \(inWords(ColorChoice.allCases.map(\.rawValue))) (auto)") {
        options, value throws(UsageError) in
        guard let choice = ColorChoice(rawValue: value.text) else {
          throw value.refused(inWords(ColorChoice.allCases.map(\.rawValue)))
        }
        options.color = choice
      }.offering(.words(ColorChoice.allCases.map(\.rawValue))).configurable { $0.color.rawValue },
      Option(flag: "no-color", "the same as --color never (or set NO_COLOR)") { $0.color = .never },
      Option(flag: "help", letter: "h", "this page") { $0.request = $0.request ?? .help },
      Option(flag: "version", letter: "V", "the version") { $0.request = $0.request ?? .version },
      Option(flag: "verbose", letter: "v", "with --version: what it was built with") { $0.isVerbose = true },
    ])

  /// `--format`, of which the first is the default.
  static func output(_ formats: [Options.Format], _ more: [Option] = []) -> OptionGroup {
    let names = formats.map(\.rawValue)
    return OptionGroup(
      title: "Output",
      options: more + [
        Option("format", nil, "FORMAT", "\(inWords(names)) (\(names[0]))") {
          options, value throws(UsageError) in
          guard names.contains(value.text) else { throw value.refused(inWords(names)) }
          options.format = Options.Format(rawValue: value.text)
        }.offering(.words(names))
      ])
  }
}
