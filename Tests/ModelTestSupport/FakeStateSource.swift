import LMCore

/// A source with hidden states, which are a fixed function of the last two tokens: equal phrases have equal states.
public final class FakeStateSource: HiddenStateSource {
  public let profile: ModelProfile
  public var textsInUse = 0
  /// The texts that were asked for, with tokens behind the prompt.
  public private(set) var steppedTexts = 0

  private static let width = 6
  private let weights: [[Float]]

  public init(vocabularySize: Int = 40, contextLength: Int = 64) {
    profile = ModelProfile(
      name: "fake", source: .folder, parameterCount: 1234, dtype: "f32", byteCount: 4936,
      vocabularySize: vocabularySize, contextLength: contextLength, endOfText: [])
    var source = RandomSource(seed: 3)
    weights = (0..<vocabularySize).map { _ in
      (0..<Self.width).map { _ in Float(source.nextUniform() * 2 - 1) }
    }
  }

  private func state(behind ids: some Collection<Int>) -> [Float] {
    var source = RandomSource(seed: ids.suffix(2).reduce(11) { $0 &* 1009 &+ UInt64($1) })
    return (0..<Self.width).map { _ in Float(source.nextUniform() * 6 - 2) }
  }

  public func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction] {
    guard !isCancelled() else { throw .cancelled }
    let limit = profile.contextLength
    if let long = texts.first(where: { $0.count > limit }) {
      throw .textTooLong(tokens: long.count, limit: limit)
    }
    steppedTexts += texts.count { !$0.generated.isEmpty }
    return texts.map { Prediction(.hidden(state(behind: $0.ids))) }
  }

  public func belief(of prediction: Prediction) throws -> Belief {
    let state = hiddenState(of: prediction)
    return try Belief(weights.map { row in zip(row, state).reduce(0) { $0 + $1.0 * $1.1 } })
  }

  public func hiddenStates(of ids: [Int]) throws(PredictorError) -> [[Float]] {
    ids.indices.map { state(behind: ids[...$0]) }
  }

  public func hiddenState(of prediction: Prediction) -> [Float] {
    guard case .hidden(let state) = prediction.content else { return [] }
    return state
  }
}
