/// The order in which the steps of a sampler chain run. Steps do not commute: top-p keeps other tokens before
/// the temperature than after it.
public struct ChainOrder: Hashable, Sendable {
  /// The name for options, traces and lessons: `hf`; of an order without a name its steps, as `top_k;temperature`.
  public let name: String
  /// The steps from the first to the last. A step that is missing does not run.
  public let steps: [StepName]

  init(_ name: String, _ steps: [StepName]) { (self.name, self.steps) = (name, steps) }

  /// The order of `transformers`: penalties, the temperature, then the filters.
  ///
  /// What it lacks stands beside its relatives: llama.cpp's penalties and DRY beside its own, top-n-sigma before the
  /// temperature, XTC last of the filters, then what replaces the draw.
  public static let huggingFace = ChainOrder(
    "hf",
    [
      .repetitionPenalty, .penalties, .noRepeatNgram, .dry, .topNSigma, .temperature, .topH, .topK, .topP,
      .minP, .typicalP, .epsilon, .eta, .xtc, .mirostat, .adaptiveP,
    ])

  /// The order of llama.cpp: penalties, the filters, then the temperature.
  ///
  /// llama.cpp has no epsilon and eta. They stand behind min-p as in `transformers`, and before the temperature
  /// because there every filter judges the model's own probabilities; top-h stands before top-k as in `transformers`.
  /// Its place for the n-gram ban is ours: beside the penalty, where llama.cpp has its own means against repetition.
  public static let llamaCpp = ChainOrder(
    "llama.cpp",
    [
      .repetitionPenalty, .penalties, .noRepeatNgram, .dry, .topNSigma, .topH, .topK, .typicalP, .topP, .minP,
      .epsilon, .eta, .xtc, .temperature, .mirostat, .adaptiveP,
    ])

  /// The order of vLLM: penalties, the temperature, then min-p before top-k and top-p. What it lacks stands as in `hf`.
  public static let vLLM = ChainOrder(
    "vllm",
    [
      .repetitionPenalty, .penalties, .noRepeatNgram, .dry, .topNSigma, .temperature, .topH, .minP, .topK,
      .topP, .typicalP, .epsilon, .eta, .xtc, .mirostat, .adaptiveP,
    ])

  /// These steps, each at most once; the order with a name where it has just these. Adaptive-p comes last wherever it
  /// stands, because it takes the place of the draw.
  public init(_ steps: [StepName]) {
    let last = steps.filter { $0 != .adaptiveP } + (steps.contains(.adaptiveP) ? [.adaptiveP] : [])
    self =
      Self.allCases.first { $0.steps == last }
      ?? ChainOrder(last.map(\.rawValue).joined(separator: ";"), last)
  }

  /// Reads the name of an order, or the names of steps between semicolons or commas; llama.cpp's names are understood.
  public init(parsing text: String) throws(SamplingError) {
    if let named = Self.allCases.first(where: { $0.name == text }) {
      self = named
      return
    }
    var steps: [StepName] = []
    for word in text.split(whereSeparator: { ";, ".contains($0) }).map(String.init) {
      guard let step = Self.step(named: word) else { throw .unknownOrder(word) }
      if steps.contains(step) { throw .stepTwice(step) }
      steps.append(step)
    }
    if steps.isEmpty { throw .unknownOrder(text) }
    self.init(steps)
  }

  /// By its own name, with `-` or `_`, or by the one that llama.cpp has for it.
  private static func step(named word: String) -> StepName? {
    let name = String(word.map { $0 == "-" ? "_" : $0 })
    let others: [String: StepName] = [
      "typ_p": .typicalP, "typical": .typicalP, "temp": .temperature, "top_nsigma": .topNSigma,
    ]
    return StepName(rawValue: name) ?? others[name]
  }
}

extension ChainOrder: RawRepresentable, CaseIterable {
  /// The orders with a name, the default first.
  public static let allCases: [ChainOrder] = [huggingFace, llamaCpp, vLLM]

  /// nil for a text that names no order and lists no steps.
  public init?(rawValue: String) {
    guard let order = try? ChainOrder(parsing: rawValue) else { return nil }
    self = order
  }

  /// The name, as in options and traces.
  public var rawValue: String { name }
}
