/// The knobs of the sampler chain. The defaults leave the model's own distribution as it is.
///
/// What each one does stands in the file of its step. Ranges are those of `KnobDescription`.
public struct SamplingSettings: Hashable, Sendable {
  /// T >= 0: logits are divided by it. 0 is greedy decoding, infinity the uniform distribution.
  public var temperature: Double = 1
  /// How far the temperature may move down and up with the entropy; 0 is off.
  public var dynatempRange: Double = 0
  /// The power of the relative entropy that moves it, at least 0.
  public var dynatempExponent: Double = 1
  /// Keep the k most probable tokens and those tied with the k-th; 0 is off.
  public var topK: Int = 0
  /// Keep the smallest set whose probabilities reach p, in 0...1; 1 is off (arXiv 1904.09751).
  public var topP: Double = 1
  /// Remove tokens below this share of the largest probability, in 0...1; 0 is off (arXiv 2407.01082).
  public var minP: Double = 0
  /// Locally typical sampling, mass in 0<...1; 1 is off (arXiv 2202.00666).
  public var typicalP: Double = 1
  /// Where typical sampling ends.
  public var typicalRule: TypicalRule = .huggingFace
  /// Remove tokens below this probability, in 0..<1; 0 is off (arXiv 2210.15191).
  public var epsilon: Double = 0
  /// Eta sampling, in 0..<1; 0 is off (arXiv 2210.15191).
  public var eta: Double = 0
  /// Keep logits within n standard deviations of the largest; 0 and below is off (arXiv 2411.07641).
  public var topNSigma: Double = 0
  /// The share of the entropy that the kept tokens may have, in 0...1; 0 is off (arXiv 2509.02510).
  public var topH: Double = 0
  /// How often XTC acts, in 0...1; 0 is off.
  public var xtcProbability: Double = 0
  /// From which probability on XTC counts a token as a top choice, in 0...1; above 0.5 there are never two.
  public var xtcThreshold: Double = 0.1
  /// Divides positive and multiplies negative logits of seen tokens; > 0, 1 is off (CTRL, arXiv 1909.05858).
  public var repetitionPenalty: Double = 1
  /// The same, over a window; > 0, 1 is off.
  public var repeatPenalty: Double = 1
  /// How many of the last tokens the penalties look at; 0 and below is none.
  public var repeatLastN: Int = 64
  /// Subtracted from a logit for each occurrence; 0 is off, below 0 rewards.
  public var frequencyPenalty: Double = 0
  /// Subtracted from the logit of every token that occurs; 0 is off, below 0 rewards.
  public var presencePenalty: Double = 0
  /// Ban tokens that would complete an n-gram already present, prompt included; 0 is off.
  public var noRepeatNgram: Int = 0
  /// What DRY subtracts for a match of the allowed length; 0 is off.
  public var dryMultiplier: Double = 0
  /// By what that grows with each further token of the match; DRY is off below 1.
  public var dryBase: Double = 1.75
  /// The shortest match that DRY penalises, at least 0.
  public var dryAllowedLength: Int = 2
  /// How many of the last tokens DRY looks at; 0 and below is none.
  public var dryPenaltyLastN: Int = 64
  /// The texts that a match of DRY does not run over.
  public var drySequenceBreakers: [String] = ["\n", ":", "\"", "*"]
  /// 1 and 2 are the versions of Mirostat; 0 is off (arXiv 2007.14966).
  public var mirostat: Int = 0
  /// The surprise that Mirostat aims at, in bits.
  public var mirostatEntropy: Double = 5
  /// How fast Mirostat corrects itself.
  public var mirostatLearningRate: Double = 0.1
  /// The probability that adaptive-p prefers, in 0...1; below 0 is off.
  public var adaptiveTarget: Double = -1
  /// How long adaptive-p remembers, in 0...1.
  public var adaptiveDecay: Double = 0.9
  /// The order of the steps.
  public var order: ChainOrder = .huggingFace
  /// Whether the tokens that a server did not tell are removed at the end of the chain.
  public var knownOnly = false
  /// Which random numbers the seed stands for.
  public var seedLike: SeedRule = .own

  /// The defaults: temperature 1, all other steps off.
  public init() {}

  /// True for temperature 0, where the order has the temperature.
  public var isGreedy: Bool { temperature == 0 && order.steps.contains(.temperature) }

  /// llama.cpp runs the temperature and Mirostat alone when Mirostat is on, whatever else is set.
  public var isMirostatAlone: Bool { order == .llamaCpp && mirostat != 0 }

  /// The p of top-p where no other setting changes the distribution before the cut: then the model's own cumulative
  /// probability is what has to reach it. nil where another setting, or none, is on.
  package var topPAlone: Double? {
    let isAlone = SamplerChain.allSteps.allSatisfy { ($0.name == .topP) == $0.isOn(self) }
    return isAlone && order.steps.contains(.topP) ? topP : nil
  }
}

/// Where locally typical sampling ends: implementations differ at equality and at ties.
public enum TypicalRule: String, CaseIterable, Sendable {
  /// The token that brings the sum to p or above is the last, with every token tied with it.
  case huggingFace = "hf"
  /// The token that brings the sum above p is the last; tokens tied with it may go.
  case llamaCpp = "llama.cpp"
}
