import Presentation

/// A sign of the main screen that the legend explains, in the order of the panels.
enum LegendSign: CaseIterable, Sendable {
  case context, seed, chain
  case ahead, colors, cursor, copies, match, forced, divergence
  case before, scale, rank, sum, curve, threshold, cut, mass
  case overflow, drawn, author, removed, lowered, rest, untold, bounds, after
  case nextToken, number, sections, smallSections, untoldSection
  case probability, entropy, kept, surprisal, perplexity, human, loop, repeated, distinct

  /// What it is called in plain mode; nil where plain mode does not use it.
  var spokenName: String? {
    switch self {
    case .seed: "Seed"
    case .rank: "Rank"
    case .cut: "Cut"
    case .mass: "Kept, a share of the probability"
    case .number: "u"
    case .lowered: "Penalty"
    case .author: "The author's"
    case .entropy: "Entropy"
    case .surprisal: "Surprisal"
    case .perplexity: "Perplexity"
    case .loop: "Loop"
    case .repeated: "Repeated 4-grams"
    case .distinct: "Distinct-2"
    default: nil
    }
  }

  /// One or two sentences. Arrows are keys.
  func explanation(colors scale: TextScale, isGreedy: Bool) -> String {
    switch self {
    case .context: "The tokens of the text, and the most that the model reads."
    case .seed: "All draws follow from this number. The same seed, prompt and settings give the same text."
    case .chain:
      "The sampler chain, in the order in which it works: it changes the logits and removes tokens."
    case .ahead: "Stepping back keeps what was written: → replays these tokens, End goes to the last one."
    case .colors: scale.explanation + " m takes another scale."
    case .cursor: "Here the next token will stand. The prompt, at the beginning, has a colour of its own."
    case .copies: "Each pair of brackets is a copy of a phrase that stands three times or more in a row."
    case .match:
      "DRY found this run of tokens twice: here, and at the end of the text. It lowers what followed it."
    case .forced: "You chose this token; the sampler did not draw it."
    case .divergence: "The first token at which the two texts differ."
    case .before:
      "The model's own probabilities, over the whole vocabulary, before the sampler changes anything."
    case .scale: "A bar that fills its column has this probability. All bars have the same scale."
    case .rank: "The token's place in the model's own distribution: 1 is the most probable token."
    case .sum: "The running sum: the probabilities of all tokens down to this row."
    case .curve:
      "The running sum as a thin line, on a scale of its own: 0% at the left end of the bars, 100% at the right end."
    case .threshold: "The sum that top-p asks for. The thin line reaches it at the cut."
    case .cut: "Every token below the cut is removed. It names the filter, and how many tokens are kept."
    case .mass:
      "The probability that the kept tokens have together before the chain. After it they sum to 100% again."
    case .overflow: "This bar does not fit. The number tells how many times the scale it is."
    case .drawn:
      isGreedy
        ? "The most probable token: greedy decoding takes it without a draw. → appends it."
        : "The token that was drawn. → appends it."
    case .author: "The next token of the text that an author wrote. → appends it."
    case .removed: "Removed, by the filter whose name follows: this token cannot be drawn."
    case .lowered: "A penalty gave this token another logit, because it stands in the text already."
    case .rest: "All tokens that have no row of their own, together: so the rows add up to 100%."
    case .untold:
      "A server told the first tokens only, by probability. This is the share of all others: no one knows how it is divided."
    case .bounds:
      "This number depends on tokens that the server did not tell: it lies between these bounds. ≥ is the least, ≤ the most that it can be."
    case .after: "The probabilities after the chain. The tokens that it kept sum to 100% again."
    case .nextToken: "The token that → appends, and its probability after the chain."
    case .number:
      "The random number of this step, from 0 to 1. It falls on one token's part of the line: that one is drawn."
    case .sections: "The line from 0 to 1: each kept token has a part of it as long as its probability."
    case .smallSections: "Tokens whose parts are narrower than a column."
    case .untoldSection:
      "The part of the tokens that the server did not tell. Where u falls on it, no token is drawn."
    case .probability: "The model's own probability of each chosen token, a column for each step."
    case .entropy:
      "How undecided the model is, in bits: 0 where it is sure, 1 as between two equal choices, 2 as among four."
    case .kept: "How many tokens the chain kept at each step, on a logarithmic scale."
    case .surprisal: "How surprising the chosen token was: 1 bit at 50%, 2 at 25%, 10 at 0.1%."
    case .perplexity:
      "The text is as surprising as draws from so many equally probable tokens: 2 to the power of its mean surprisal."
    case .human: "The perplexity that this model gives to texts that people wrote."
    case .loop:
      "The phrase that repeats at the end of the text: its copies, and the mean probability of the tokens in each."
    case .repeated: "The share of all runs of four generated tokens that stood in the text before."
    case .distinct:
      "The share of different pairs among all pairs of neighbouring tokens: 1.00 where no pair repeats."
    }
  }
}

extension TextScale {
  fileprivate var explanation: String {
    switch self {
    case .rank:
      "A token has the colour of its rank: 1 was the model's most probable token. It has none where a server did not tell enough."
    case .probability: "A token has the colour of the model's own probability of it."
    case .surprisal: "A token has the colour of its surprisal: few bits were expected, many are a surprise."
    case .entropy: "A token has the colour of the entropy: how undecided the model was at this place."
    case .off: ""
    }
  }
}
