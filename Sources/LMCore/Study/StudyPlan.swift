/// What a study writes: for each strategy as many texts, from the same prompts and with the same seeds.
///
/// Text `sample` of every strategy begins with prompt `sample` (from the first again where there are fewer) and has the seed
/// `seed + sample`: a session with this prompt, seed and settings makes the same text.
public struct StudyPlan: Equatable, Sendable {
  /// A decoding strategy, and what it is called.
  public struct Strategy: Equatable, Sendable {
    /// As the user called it.
    public let name: String
    /// How it writes.
    public let method: DecodingMethod

    /// A strategy with this name.
    public init(name: String, method: DecodingMethod) { (self.name, self.method) = (name, method) }

    /// A strategy of the sampler chain with this name.
    public init(name: String, settings: SamplingSettings) {
      self.init(name: name, method: .sampling(settings))
    }
  }

  /// The strategies, in the order of the table.
  public let strategies: [Strategy]
  /// The ids of the prompts, each at least one.
  public let prompts: [[Int]]
  /// The number of texts of each strategy, at least 1.
  public let sampleCount: Int
  /// The most tokens that a text has behind its prompt, at least 1.
  public let tokenCount: Int
  /// The seed of each strategy's first text.
  public let seed: UInt64
  /// The ids that end a text.
  public let endOfText: Set<Int>

  /// The strategies of arXiv 1904.09751, Table 1, without its stochastic beams.
  public static let strategiesOfThePaper: [Strategy] = {
    let presets = [
      SamplingPreset.greedy, .pure, .temperature90, .topK40, .topK640, .lowTemperatureTopK40, .nucleus95,
    ]
    var strategies = presets.map { Strategy(name: $0.name, settings: $0.settings) }
    strategies.insert(Strategy(name: "beam 16", method: .beams(BeamSettings(width: 16))), at: 1)
    return strategies
  }()

  /// A plan for a model.
  ///
  /// - Throws: `StudyError` where a text does not fit the model's context, or there are no prompts; `SamplingError`.
  public init(
    _ strategies: [Strategy], prompts: [[Int]], sampleCount: Int? = nil, tokenCount: Int, seed: UInt64,
    for profile: ModelProfile
  ) throws {
    guard !prompts.isEmpty else { throw StudyError.noPrompts }
    // The last token of a text is predicted, but not read; contrastive search reads what it tries.
    let readsLast = strategies.contains { if case .contrastive = $0.method { true } else { false } }
    let room = profile.contextLength + (readsLast ? 0 : 1) - tokenCount
    if let long = prompts.firstIndex(where: { $0.count > room }) {
      throw StudyError.textTooLong(
        prompt: long + 1, tokens: prompts[long].count, tokenCount: tokenCount, context: profile.contextLength)
    }
    for strategy in strategies { try strategy.method.validate() }
    (self.strategies, self.prompts, self.tokenCount, self.seed) = (strategies, prompts, tokenCount, seed)
    self.sampleCount = sampleCount ?? prompts.count
    endOfText = Set(profile.endOfText)
  }

  /// The number of texts of all strategies.
  public var textCount: Int { strategies.count * sampleCount }

  /// One sentence where strategies that draw nothing write a text more than once, as there are fewer prompts than samples; else nil.
  public var repeatedTexts: String? {
    let names = strategies.filter { !$0.method.draws }.map { "'\($0.name)'" }
    guard prompts.count < sampleCount, !names.isEmpty else { return nil }
    return
      "\(names.joined(separator: ", ")) \(names.count == 1 ? "writes" : "write") the same text again behind the same prompt: at most "
      + "\(prompts.count) of \(sampleCount) texts differ, which raises Self-BLEU4 and lowers distinct-n; give as many prompts as samples"
  }

  func prompt(of sample: Int) -> [Int] { prompts[sample % prompts.count] }

  /// What tells this study from every other one, in one line.
  ///
  /// - Parameter profile: the model that writes the texts.
  func identity(with profile: ModelProfile) -> JSON {
    [
      "type": "study", "version": JSON(1),
      "model": [
        "name": JSON(profile.name), "path": JSON(profile.path), "parameters": JSON(profile.parameterCount),
        "dtype": JSON(profile.dtype),
      ],
      "seed": JSON(seed), "samples": JSON(sampleCount), "tokens": JSON(tokenCount),
      "end_of_text": JSON(endOfText.sorted()),
      "strategies": .array(strategies.map { ["name": JSON($0.name), "settings": $0.method.json] }),
      "prompts": .array(prompts.map { JSON($0) }),
    ]
  }
}

/// Why a study cannot be made, or cannot go on.
public enum StudyError: Error, Equatable, Sendable, CustomStringConvertible {
  case noPrompts
  /// `prompt` counts from 1.
  case textTooLong(prompt: Int, tokens: Int, tokenCount: Int, context: Int)
  /// A text to compare with, which gives not even one piece.
  case humanTextTooShort(tokens: Int, needed: Int)
  case stateUnusable(path: String, reason: String)
  case stateInUse(path: String)

  public var description: String {
    switch self {
    case .noPrompts: "there is no prompt; give a file with a prompt a line"
    case .textTooLong(let prompt, let tokens, let tokenCount, let context):
      "prompt \(prompt) has \(tokens) tokens, and with \(tokenCount) more the text is longer than the context of \(context); "
        + "shorten it, or give a smaller -n"
    case .humanTextTooShort(let tokens, let needed):
      "the human text has \(tokens) tokens, but \(needed) are needed for one piece; give a longer text, or a smaller -n"
    case .stateUnusable(let path, let reason): "cannot keep the finished texts in \(path): \(reason)"
    case .stateInUse(let path): "the same study is running already; its texts are in \(path)"
    }
  }
}
