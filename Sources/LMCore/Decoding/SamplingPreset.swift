/// A decoding strategy with a name: those that "The Curious Case of Neural Text Degeneration"
/// (arXiv 1904.09751) compares.
public struct SamplingPreset: Hashable, Sendable {
  /// The stable name, also on the command line.
  public let name: String
  /// One line for the person who chooses.
  public let explanation: String
  /// The settings of the strategy, in the default order.
  public let settings: SamplingSettings

  private init(_ name: String, _ explanation: String, _ change: (inout SamplingSettings) -> Void = { _ in }) {
    var settings = SamplingSettings()
    change(&settings)
    (self.name, self.explanation, self.settings) = (name, explanation, settings)
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

  /// All presets, in the order of lists.
  public static let all: [SamplingPreset] = [
    greedy, pure, temperature90, topK40, topK640, lowTemperatureTopK40, nucleus95, nucleus90,
  ]

  /// Looks a preset up by its name; "nucleus" stands for `nucleus95`. The error lists the names.
  public static func named(_ name: String) throws(SamplingError) -> SamplingPreset {
    if name == "nucleus" { return nucleus95 }
    guard let preset = all.first(where: { $0.name == name }) else { throw .unknownPreset(name) }
    return preset
  }
}
