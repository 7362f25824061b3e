import LMCore

/// A source whose distributions are a fixed, irregular function of the whole text, and which counts what it is asked.
public final class FakePredictor: Predictor {
  public let profile: ModelProfile
  public var textsInUse = 0
  /// Calls for prompts alone, and calls for texts with generated tokens.
  public private(set) var promptCalls = 0
  public private(set) var stepCalls = 0
  /// Texts with generated tokens, in all calls together.
  public private(set) var steppedTexts = 0
  /// Predictions that were turned into distributions.
  public private(set) var beliefCalls = 0

  /// How many ranks it tells, as a server does; nil for all of them.
  private var knownRanks: Int?
  /// How many it tells when it is asked for more, one after the other.
  private var furtherRanks: [Int]
  /// How often it was asked for more ranks.
  public private(set) var extendCalls = 0

  public init(
    vocabularySize: Int = 40, contextLength: Int = 64, name: String = "fake", endOfText: [Int] = [],
    knownRanks: Int? = nil, furtherRanks: [Int] = []
  ) {
    (self.knownRanks, self.furtherRanks) = (knownRanks, furtherRanks)
    profile = ModelProfile(
      name: name, source: knownRanks == nil ? .folder : .server, parameterCount: 1234, dtype: "f32",
      byteCount: 4936, vocabularySize: vocabularySize, contextLength: contextLength, endOfText: endOfText)
  }

  public func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction] {
    guard !isCancelled() else { throw .cancelled }
    let steps = texts.count { !$0.generated.isEmpty }
    if steps == 0 { promptCalls += 1 } else { stepCalls += 1 }
    steppedTexts += steps
    return texts.compactMap { (try? Belief(logits(behind: $0.ids))).map { Prediction($0) } }
  }

  public func extend(_ prediction: Prediction, to ranks: Int?) throws(PredictorError) -> Bool {
    extendCalls += 1
    guard !furtherRanks.isEmpty else { return false }
    knownRanks = furtherRanks.removeFirst()
    return true
  }

  private func told(of whole: Belief) -> Belief {
    guard let knownRanks, knownRanks < whole.vocabularySize else { return whole }
    let ids = Array(whole.knownIDs.prefix(knownRanks))
    let rest = 1 - (whole.row(atRank: knownRanks)?.cumulative ?? 1)
    return Belief(
      head: ids.map(Int32.init), logProbabilities: ids.map { whole.logProbability(of: $0) ?? 0 },
      restMass: rest...rest, vocabularySize: whole.vocabularySize)
  }

  public func belief(of prediction: Prediction) throws -> Belief {
    beliefCalls += 1
    guard case .belief(let belief) = prediction.content else { throw PredictorError.cancelled }
    return told(of: belief)
  }

  private func logits(behind ids: [Int]) -> [Float] {
    var text = RandomSource(seed: ids.reduce(UInt64(ids.count)) { $0 &* 31 &+ UInt64($1) &+ 7 })
    let state = (0..<4).map { _ in Float(text.nextUniform()) }
    var source = RandomSource(seed: state.reduce(17) { $0 &* 1_000_003 &+ UInt64($1.bitPattern) })
    return (0..<profile.vocabularySize).map { _ in Float(source.nextUniform() * 12 - 6) }
  }
}
