import Glibc

extension StepName {
  /// The name of `TemperatureStep`.
  public static let temperature = StepName("temperature", title: "temperature")
}

/// Divides the scores by T.
///
/// T = 0 stands for greedy decoding and keeps one token, the lowest id of those tied at the top: the limit
/// T -> 0 would split the mass among them. T = infinity makes every token that is left equally likely.
///
/// With a range the temperature follows the entropy H of what is left, as in llama.cpp (pull request 4972):
/// low + (high - low) * (H / ln n)^exponent, low = max(T - range, 0), high = T + range. n counts the tokens that llama.cpp
/// would hold at this place, those with a logit of minus infinity too. A single token is left as it is.
struct TemperatureStep: SamplerStep {
  static let name = StepName.temperature
  static let source = "Ackley, Hinton and Sejnowski 1985"
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .temperature, .number(\.temperature), off: 1,
      values: [
        0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2,
        2.5, 3, 4, 5, 10, .infinity,
      ], usual: 0.8,
      range: "a number of at least 0 (0 is greedy, inf is uniform, 1 is off)", allows: { $0 >= 0 },
      letter: "t", otherNames: ["temp"],
      help: "divide the logits by X", label: "T #", symbol: "T", labelAtZero: "argmax", whenOff: .value,
      explanation: """
        Divides the logits: below 1 the likely tokens gain, above 1 the unlikely ones do.
        Low for safe text, high for surprising text; 0 always takes the most likely token.
        """),
    KnobDescription(
      .temperature, name: "dynatemp_range", title: "dynatemp range", .number(\.dynatempRange), off: 0,
      values: [0, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2], usual: 0.5,
      range: "a finite number of at least 0 (0 is off)", allows: { $0 >= 0 && $0 < .infinity },
      help: "let the temperature follow the entropy, by up to X down and up", label: "±#", symbol: "±",
      explanation: """
        Lets the temperature follow the entropy, by up to this much below and above.
        Cool where the model is sure, hot where it is open.
        """),
    KnobDescription(
      .temperature, name: "dynatemp_exp", title: "dynatemp exponent", isSwitch: false,
      .number(\.dynatempExponent), off: 1, values: [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5],
      range: "a finite number of at least 0 (1 by default)",
      allows: { $0 >= 0 && $0 < .infinity }, otherNames: ["dynatemp-exponent"],
      help: "the power of the entropy that the temperature follows",
      label: "exponent #", symbol: "exp",
      explanation: """
        Bends how the temperature follows the entropy.
        Above 1 it stays low until the choice is open; 0 always takes the highest.
        """),
  ]

  private let temperature: Double
  private let spread: Double
  private let exponent: Double

  init(_ settings: SamplingSettings) {
    temperature = settings.temperature
    // llama.cpp's Mirostat runs behind a plain temperature.
    spread = settings.isMirostatAlone ? 0 : settings.dynatempRange
    exponent = settings.dynatempExponent
  }

  var need: StepNeed {
    spread > 0 && temperature > 0 && temperature < .infinity || temperature == .infinity ? .allTokens : .none
  }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    var temperature = temperature
    if spread > 0, temperature > 0, temperature < .infinity {
      if candidates.count <= 1 { return }
      temperature = dynamicTemperature(&candidates)
    }
    if temperature == 0 {
      let first = candidates.range.lowerBound
      guard candidates.isFirm(first) else { throw candidates.untoldCut(Self.name) }
      candidates.keep(first..<first + 1, by: Self.name)
    } else {
      // What a step left of the tokens that are not known has another weight at each temperature.
      if candidates.rest?.cut != nil, temperature != candidates.temperature {
        throw candidates.untoldCut(Self.name)
      }
      candidates.setTemperature(temperature)
    }
  }

  private func dynamicTemperature(_ candidates: inout Candidates) -> Double {
    let (low, high) = (max(temperature - spread, 0), temperature + spread)
    let openness = candidates.entropy() / log(Double(candidates.count + candidates.maskedCount))
    return low + (high - low) * pow(openness, exponent)
  }
}
