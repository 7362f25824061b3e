import Glibc
import LMCore
import Visualizer

struct BenchOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let batches: BatchOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (batches, output) = (call[BatchOptions.self], call[OutputOptions.self])
  }

  /// nil where no prompt is given.
  func prompt() throws -> Prompt? {
    if text.isEmpty, words.isEmpty {
      guard !text.hasReading else {
        throw UsageError(
          "--chat, --system and --special say how a text is read, but bench has none; give one, or leave them out",
          command: "bench")
      }
      return nil
    }
    return try text.readPrompt(words, for: "bench")
  }
}

extension Command {
  static let bench = Command(
    CommandDescription(
      "bench", "how fast the model is on this machine, and what int8 costs",
      synopsis: ["bench [PROMPT] [options]"],
      details: """
        Medians of measurements taken in turns: a shared machine changes by the second, so only
        ratios of one run count. The limit is the read bandwidth of the same seconds, since a decode
        step reads every weight once. With --precision int8 also the quality: the mean KL divergence
        to float32 over PROMPT, or over a text that is built in, in bits a token, and how often the
        most probable token is the same. With --batches also what a step of several texts takes, beside
        its limit: reading the weights once, or in float32 the multiplications at OpenBLAS's rate.
        """,
      groups: [.textOrIDs, .batches, .model, .output([.table, .json])],
      examples: [
        "gpt2-viz bench", "gpt2-viz bench --precision int8 --threads 1 --format json",
        "gpt2-viz bench --batches 1,2,4,8,16,32,64",
      ]
    )
  ) { (options: BenchOptions, surroundings) in
    let start = MonotonicClock.seconds
    let prompt = try options.prompt()
    if prompt != nil, options.model.precision != .int8 {
      throw UsageError(
        "bench takes a text only with --precision int8, to measure what 8 bits lose over it", command: "bench"
      )
    }
    let loaded = try loadModel(options.model, surroundings)
    let line = ProgressLine("Measuring " + withoutControls(loaded.name, except: []))
    defer { line.erase() }
    var report = SpeedReport(try loaded.requireLocal(), loadSeconds: MonotonicClock.seconds - start)
    let belief = try loaded.predictor.belief(of: loaded.prediction(behind: [0]))
    _ = try SamplerChain(SamplingSettings()).apply(to: belief, history: [0])
    report.firstDistributionSeconds = MonotonicClock.seconds - start
    let text = try prompt.map { try loaded.promptReader.ids(of: $0) }
    try report.measure(batches: options.batches.sizes) { line.show($0) }
    if options.model.precision == .int8 {
      report.quality = try quality(of: loaded, over: text, options.model, surroundings)
    }
    line.erase()
    if options.output.format == .json {
      try surroundings.output.writeLine(report.json.description)
    } else {
      try surroundings.output.write(report.table)
    }
  }
}

/// How predictions of int8 differ from those of float32 over a text.
private func quality(
  of loaded: LoadedModel, over text: [Int]?, _ options: ModelOptions, _ surroundings: Surroundings
) throws -> PredictionComparison {
  var exact = options
  exact.precision = .float32
  let reference = try loadModel(exact, surroundings)
  var ids: [Int]
  if let text {
    ids = text
  } else if let tokenizer = loaded.tokenizer {
    ids = try tokenizer.encode(comparisonText)
  } else {
    // No tokenizer: ids spread over the vocabulary.
    ids = (0..<256).map { $0 * 7919 % loaded.profile.vocabularySize }
  }
  ids = Array(ids.prefix(loaded.profile.contextLength))
  return try PredictionComparison(
    of: try loaded.requireLocal(), with: try reference.requireLocal(), over: ids)
}

/// The text for comparing predictions where none is given.
private let comparisonText = """
  Once upon a time there was a miller who had three sons, and when he died he left them nothing but his mill, his ass \
  and his cat. The eldest took the mill, the second took the ass, and the youngest had nothing but the cat. "My brothers \
  can earn their bread together," said he, "but when I have eaten my cat, and made myself a pair of gloves of his skin, I \
  must die of hunger." The cat, who had heard every word, looked at him gravely and said: "Do not trouble yourself, \
  master. Give me a bag, and let a pair of boots be made for me, so that I can walk among the bushes, and you shall see \
  that you have not so poor a share as you think." Now the young man did not believe in it very much, but he had seen \
  the cat play so many cunning tricks to catch rats and mice, hanging by his heels or lying in the meal as if he were \
  dead, that he thought he might help him after all. When the cat had what he asked for, he drew on the boots, hung the \
  bag about his neck, and went to a field where there were a great many rabbits. He put bran and lettuce into his bag, \
  lay down beside it, and waited until some young rabbit, who knew little of the wickedness of the world, should come \
  and look for what was in it.
  """
