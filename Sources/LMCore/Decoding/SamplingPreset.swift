/// A decoding strategy with a name: those that "The Curious Case of Neural Text Degeneration"
/// (arXiv 1904.09751) compares, and what other systems do when nothing is said.
public struct SamplingPreset: Hashable, Sendable {
  /// The stable name, also on the command line.
  public let name: String
  /// One line for the person who chooses.
  public let explanation: String
  /// The settings of the strategy, in the default order or in its own.
  public let settings: SamplingSettings
  /// Whether the order of the steps is a part of it, as it is of another system's.
  public let hasOwnOrder: Bool

  private init(
    _ name: String, _ explanation: String, order: ChainOrder? = nil,
    _ change: (inout SamplingSettings) -> Void = { _ in }
  ) {
    var settings = SamplingSettings()
    settings.order = order ?? settings.order
    change(&settings)
    (self.name, self.explanation, self.settings) = (name, explanation, settings)
    hasOwnOrder = order != nil
  }

  /// The settings in an order that was chosen before, where the strategy has none of its own, and with the numbers that
  /// and the limit to a server's tokens that were chosen before.
  public func settings(
    in order: ChainOrder, seedLike: SeedRule = .own, knownOnly: Bool = false
  ) -> SamplingSettings {
    var settings = settings
    // What a server lacks is no part of a strategy.
    if knownOnly { settings.knownOnly = true }
    if !hasOwnOrder { settings.order = order }
    settings.seedLike = seedLike
    return settings
  }

  /// Whether these settings are the strategy's, in whatever order and with whatever numbers no part of it.
  public func has(_ settings: SamplingSettings) -> Bool {
    self.settings(in: settings.order, seedLike: settings.seedLike) == settings
  }

  /// A strategy of the user's own.
  ///
  /// - Parameters:
  ///   - name: letters, digits, hyphens, dots and low lines; no name that exists.
  ///   - text: as `SamplingSettings.init(described:)` takes it.
  /// - Throws: `.presetName`, or what is wrong with the text.
  public init(own name: String, described text: String) throws(SamplingError) {
    let isWord = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "-._".contains($0) }
    guard isWord, (try? Self.named(name)) == nil else { throw .presetName(name) }
    (self.name, explanation) = (name, "Your own: \(text)")
    settings = try SamplingSettings(described: text)
    hasOwnOrder = text.split { ", ".contains($0) }.contains("order")
  }

  /// Temperature 0.
  public static let greedy = SamplingPreset("greedy", "Always the most likely token; falls into loops.") {
    $0.temperature = 0
  }
  /// All filters off, temperature 1.
  public static let pure = SamplingPreset(
    "pure", "Draws from the model's own distribution; the unreliable tail makes it ramble.")
  /// Temperature 0.7 and top-k 40.
  public static let lowTemperatureTopK40 = SamplingPreset(
    "t0.7-k40", "Temperature 0.7, then the 40 most likely tokens; safe and somewhat repetitive."
  ) {
    $0.temperature = 0.7
    $0.topK = 40
  }
  /// Top-k 40.
  public static let topK40 = SamplingPreset("top-k-40", "The 40 most likely tokens, whether sure or not.") {
    $0.topK = 40
  }
  /// Top-k 640.
  public static let topK640 = SamplingPreset(
    "top-k-640", "The 640 most likely tokens; the paper's k with the perplexity of human text."
  ) {
    $0.topK = 640
  }
  /// The paper's own choice; "nucleus" alone means this one.
  public static let nucleus95 = SamplingPreset(
    "nucleus-0.95", "The most likely tokens that reach 95 % together; the paper's choice."
  ) {
    $0.topP = 0.95
  }
  /// Top-p 0.9.
  public static let nucleus90 = SamplingPreset(
    "nucleus-0.9", "The most likely tokens that reach 90 % together; a little safer."
  ) {
    $0.topP = 0.9
  }
  /// Temperature 0.9.
  public static let temperature90 = SamplingPreset(
    "temperature-0.9", "The whole vocabulary, the likely tokens favoured a little."
  ) {
    $0.temperature = 0.9
  }

  /// The usual value of each further filter, and of the means against repetition.
  private static let ofStages: [SamplingPreset] = [
    SamplingPreset(
      "min-p-0.05", "Tokens at least 5 % as likely as the most likely one; stays sensible when hot."
    ) {
      $0.minP = 0.05
    },
    SamplingPreset("typical-0.95", "Tokens whose surprise is near the average, up to 95 % together.") {
      $0.typicalP = 0.95
    },
    SamplingPreset("eta-0.0003", "A floor of 0.0003, lower where the choice is open.") { $0.eta = 0.0003 },
    SamplingPreset("top-n-sigma-1", "Logits within one standard deviation of the largest; any temperature.") {
      $0.topNSigma = 1
    },
    SamplingPreset("top-h-0.4", "The likeliest tokens that hold at most 40 % of the entropy.") {
      $0.topH = 0.4
    },
    SamplingPreset("xtc", "Every second time without the top choices above 10 %, all but the last of them.") {
      $0.xtcProbability = 0.5
    },
    SamplingPreset("dry", "What would continue a repetition gets less likely, the longer it is the more.") {
      $0.dryMultiplier = 0.8
    },
    SamplingPreset("mirostat-2", "Steers the surprise of the text to 5 bits a token.") { $0.mirostat = 2 },
  ]

  /// llama.cpp's defaults.
  public static let llamaCpp = SamplingPreset(
    "llama.cpp",
    "What llama.cpp (October 2026) does by default: top-k 40, top-p 0.95, min-p 0.05, then temperature 0.8.",
    order: .llamaCpp
  ) {
    ($0.topK, $0.topP, $0.minP, $0.temperature) = (40, 0.95, 0.05, 0.8)
    $0.typicalRule = .llamaCpp
  }
  /// The defaults of `generate` in `transformers`.
  public static let transformers = SamplingPreset(
    "transformers",
    "What transformers 5.24 does by default: greedy; top-k 50 is set and acts once the temperature is above 0.",
    order: .huggingFace
  ) {
    ($0.temperature, $0.topK) = (0, 50)
  }
  /// vLLM's defaults.
  public static let vLLM = SamplingPreset(
    "vllm", "What vLLM (2026) does by default: draws from the model's own distribution.", order: .vLLM)

  /// All presets, in the order of lists.
  public static let all: [SamplingPreset] =
    [
      greedy, pure, temperature90, topK40, topK640, lowTemperatureTopK40, nucleus95, nucleus90,
    ] + ofStages + [llamaCpp, transformers, vLLM]

  /// Looks a preset up by its name; "nucleus" stands for `nucleus95`. The error lists the names.
  public static func named(
    _ name: String, own: [SamplingPreset] = []
  ) throws(SamplingError) -> SamplingPreset {
    if name == "nucleus" { return nucleus95 }
    guard let preset = (own + all).first(where: { $0.name == name }) else { throw .unknownPreset(name) }
    return preset
  }
}
