/// The steps of the sampler chain, by the names that `transformers` gives their settings.
public enum FilterName: String, CaseIterable, Hashable, Sendable {
  case repetitionPenalty = "repetition_penalty"
  case noRepeatNgram = "no_repeat_ngram"
  case temperature
  case topK = "top_k"
  case topP = "top_p"
  case minP = "min_p"
  case typicalP = "typical_p"
  case epsilon
  case eta

  /// How the step is called in running text and on screen.
  public var title: String {
    switch self {
    case .repetitionPenalty: "repetition penalty"
    case .noRepeatNgram: "no-repeat n-gram"
    case .temperature: "temperature"
    case .topK: "top-k"
    case .topP: "top-p"
    case .minP: "min-p"
    case .typicalP: "typical-p"
    case .epsilon: "epsilon"
    case .eta: "eta"
    }
  }

  /// The values that the setting takes, as error messages and help print them.
  public var range: String {
    switch self {
    case .repetitionPenalty: "a finite number above 0 (1 is off)"
    case .noRepeatNgram: "a whole number of at least 0 (0 is off)"
    case .temperature: "a number of at least 0 (0 is greedy, inf is uniform, 1 is off)"
    case .topK: "a whole number of at least 0 (0 is off)"
    case .topP: "between 0 and 1 (1 is off)"
    case .minP: "between 0 and 1 (0 is off)"
    case .typicalP: "above 0 and at most 1 (1 is off)"
    case .epsilon: "at least 0 and below 1 (0 is off)"
    case .eta: "at least 0 and below 1 (0 is off)"
    }
  }

  /// Two lines for the person who turns the knob: what the step does, and when it helps.
  public var explanation: String {
    switch self {
    case .repetitionPenalty:
      """
      Makes every token that the text already holds less likely, once, however often it occurs.
      Helps against loops; too much of it and the text avoids words it needs.
      """
    case .noRepeatNgram:
      """
      Forbids any token that would complete a run of n tokens that the text already holds.
      Stops loops for certain, also where repeating would be right, as with a name.
      """
    case .temperature:
      """
      Divides the logits: below 1 the likely tokens gain, above 1 the unlikely ones do.
      Low for safe text, high for surprising text; 0 always takes the most likely token.
      """
    case .topK:
      """
      Keeps the k most likely tokens, and those tied with the last of them.
      Cuts the unreliable tail, but keeps k tokens whether the model is sure or not.
      """
    case .topP:
      """
      Nucleus: keeps the most likely tokens until together they reach the share p.
      Few tokens where the model is sure, many where it is not: that is its point.
      """
    case .minP:
      """
      Keeps tokens at least this fraction as likely as the most likely one.
      Adapts to how sure the model is, and stays sensible at high temperature.
      """
    case .typicalP:
      """
      Keeps tokens whose surprise is nearest to the average surprise, up to this share.
      Text that carries information evenly; may drop the most likely token itself.
      """
    case .epsilon:
      """
      Removes every token less likely than this number, such as 0.0003.
      A plain floor: harsh where the model spreads its belief over many tokens.
      """
    case .eta:
      """
      Epsilon's floor, lowered where the entropy is high.
      Cuts only tokens that are unlikely both absolutely and for such an open choice.
      """
    }
  }
}
