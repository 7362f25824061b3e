/// The knobs of the sampler chain. The defaults leave the model's own distribution as it is.
public struct SamplingSettings: Hashable, Sendable {
  /// T >= 0: logits are divided by it. 0 is greedy decoding, infinity the uniform distribution.
  public var temperature: Double = 1
  /// Keep the k most probable tokens and those tied with the k-th; 0 is off.
  public var topK: Int = 0
  /// Keep the smallest set whose probabilities reach p, in 0...1; 1 is off (arXiv 1904.09751).
  public var topP: Double = 1
  /// Remove tokens below this share of the largest probability, in 0...1; 0 is off (arXiv 2407.01082).
  public var minP: Double = 0
  /// Locally typical sampling, mass in 0<...1; 1 is off (arXiv 2202.00666).
  public var typicalP: Double = 1
  /// Remove tokens below this probability, in 0..<1; 0 is off (arXiv 2210.15191).
  public var epsilon: Double = 0
  /// Eta sampling, in 0..<1; 0 is off (arXiv 2210.15191).
  public var eta: Double = 0
  /// Divides positive and multiplies negative logits of seen tokens; > 0, 1 is off (CTRL, arXiv 1909.05858).
  public var repetitionPenalty: Double = 1
  /// Ban tokens that would complete an n-gram already present, prompt included; 0 is off.
  public var noRepeatNgram: Int = 0
  /// The order of the steps.
  public var order: ChainOrder = .huggingFace

  /// The defaults: temperature 1, all other steps off.
  public init() {}

  /// True for temperature 0.
  public var isGreedy: Bool { temperature == 0 }

  /// The p of top-p where no other setting changes the distribution before the cut: then the model's own cumulative
  /// probability is what has to reach it. nil where another setting, or none, is on.
  package var topPAlone: Double? {
    var plain = SamplingSettings()
    plain.topP = topP
    plain.order = order
    return plain == self && topP < 1 ? topP : nil
  }
}
