/// What can be wrong with the settings of a sampler chain or the logits given to it.
public enum SamplingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A setting lies outside its range; title and range as `KnobDescription` has them.
  case settingOutOfRange(title: String, range: String, value: String)
  case noLogits
  case logitNotANumber(id: Int)
  case logitPlusInfinity(id: Int)
  case allLogitsMinusInfinity(count: Int)
  /// Only the first ranks are known, as in a recording; the chain needs all logits.
  case logitsUnknown(known: Int, vocabularySize: Int)
  /// A server tells only the first ranks, and they do not decide it.
  case untold(Untold)
  /// A token, as one of a text that is followed, of which a server told nothing at all.
  case tokenUntold(id: Int, known: Int)
  /// A token of the text, which the penalties look at, is not in the vocabulary.
  case historyOutsideVocabulary(id: Int, vocabularySize: Int)
  /// A filter that has no token it must keep removed the last one.
  case everythingRemoved(by: StepName)
  case unknownPreset(String)
  /// A name that no strategy of the user's own can have.
  case presetName(String)
  /// A part of a described chain that is neither a preset nor a setting with its value.
  case unknownSetting(String)
  /// A setting that another strategy has.
  case settingOfOther(name: String, strategy: String)
  /// A part of an order that names no step.
  case unknownOrder(String)
  /// An order names a step more than once.
  case stepTwice(StepName)
  /// A step that remembers one text's decisions, where several texts live at once.
  case stepNeedsOneText(StepName)
  /// A step that shapes what is drawn, where nothing is.
  case stepNeedsDraw(StepName)
  /// `contrastive` without a number of candidates.
  case candidateCount(largest: Int)
  /// llama.cpp's random numbers, where several texts live at once.
  case seedRuleNeedsOneText
  /// A server tells fewer ranks than beam search looks at.
  case tooFewRanks(known: Int, needed: Int)
  /// `beam` without a number of beams.
  case beamWidth(name: String, largest: Int)
  /// A rule to stop, where whole texts are drawn until all have ended.
  case stopRuleNeedsScores
  /// Drawn beams at temperature 0.
  case drawnBeamsNeedTemperature
  /// Beams that cannot be divided into so many groups.
  case beamGroups(Int, width: Int)

  public var description: String {
    switch self {
    case .settingOutOfRange(let title, let range, let value):
      "\(title) must be \(range), but it is \(value)."
    case .noLogits:
      "There are no logits to choose from: give at least one."
    case .logitNotANumber(let id):
      "The logit of token \(id) is not a number (NaN): check the model's weights or the input."
    case .logitPlusInfinity(let id):
      "The logit of token \(id) is plus infinity, which is no probability: check the model's weights or the input."
    case .allLogitsMinusInfinity(let count):
      "All \(count) logits are minus infinity: no token is left to choose."
    case .logitsUnknown(let known, let vocabularySize):
      "Only the first \(NumberFormat.grouped(known)) of \(NumberFormat.grouped(vocabularySize)) tokens are known: the sampler chain needs the logits of all."
    case .untold(let untold): untold.description
    case .tokenUntold(let id, let known):
      "The server does not tell the probability of token \(id): it stands below rank \(NumberFormat.grouped(known))."
    case .historyOutsideVocabulary(let id, let vocabularySize):
      "Token \(id) of the text is not in the vocabulary: its ids run from 0 to \(vocabularySize - 1)."
    case .everythingRemoved(let filter):
      "\(filter.title) removed every token that was left: weaken it or turn it off."
    case .unknownPreset(let name):
      "There is no preset \"\(name)\". The presets are: "
        + SamplingPreset.all.map(\.name).joined(separator: ", ") + "."
    case .presetName(let name):
      "\"\(ForeignText.line(name))\" cannot name a preset: take letters, digits, hyphens, dots or low lines, and no name "
        + "that exists."
    case .unknownSetting(let text):
      "\"\(ForeignText.line(text))\" is no setting: write the name of a preset, or settings with their values as in "
        + "\"temperature 0.7, top-k 40\"."
    case .settingOfOther(let name, let strategy):
      "\(name) is a setting of \(strategy.prefix { $0 != " " }): write \"\(strategy), \(name) …\"."
    case .unknownOrder(let text):
      "\"\(ForeignText.line(text))\" names no step of the sampler chain: write "
        + ChainOrder.allCases.map(\.name).joined(separator: ", ") + ", or steps between semicolons: "
        + StepName.allCases.map(\.rawValue).joined(separator: ";") + "."
    case .stepTwice(let step):
      "The order names \(step.rawValue) more than once: leave one."
    case .stepNeedsOneText(let step):
      "\(step.title) follows one text, and beam search has several: turn one of them off."
    case .stepNeedsDraw(let step):
      "\(step.title) shapes what is drawn, and this search draws nothing: turn it off."
    case .candidateCount(let largest):
      "\"contrastive\" needs a number of candidates from 1 to \(largest), as in \"contrastive 4, alpha 0.6\"."
    case .seedRuleNeedsOneText:
      "llama.cpp's random numbers draw one text, and beam search has several: take seed-like gpt2-viz."
    case .tooFewRanks(let known, let needed):
      "Only the first \(known) tokens are told, but so many beams need \(needed) behind each: take fewer beams."
    case .beamWidth(let name, let largest):
      "\"\(name)\" needs a number of beams from 1 to \(largest), as in \"\(name) 4\"."
    case .stopRuleNeedsScores:
      "Stochastic beams end when all of them have ended: leave early-stopping out."
    case .drawnBeamsNeedTemperature:
      "Drawn beams need a temperature above 0, at which something is drawn: raise it, or draw no beams."
    case .beamGroups(let groups, let width): "\(BeamError.groups(groups, width: width))."
    }
  }
}
