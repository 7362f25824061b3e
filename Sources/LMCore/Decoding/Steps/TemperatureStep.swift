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
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .temperature, .number(\.temperature), off: 1,
      range: "a number of at least 0 (0 is greedy, inf is uniform, 1 is off)", allows: { $0 >= 0 },
      letter: "t", otherNames: ["temp"],
      help: "divide the logits by X", label: "T #", symbol: "T", labelAtZero: "argmax", whenOff: .value,
      explanation: """
        Divides the logits: below 1 the likely tokens gain, above 1 the unlikely ones do.
        Low for safe text, high for surprising text; 0 always takes the most likely token.
        """),
    KnobDescription(
      .temperature, name: "dynatemp_range", title: "dynamic temperature", .number(\.dynatempRange), off: 0,
      range: "a finite number of at least 0 (0 is off)", allows: { $0 >= 0 && $0 < .infinity },
      help: "let the temperature follow the entropy, by up to X down and up", label: "±#", symbol: "±",
      explanation: """
        Lets the temperature follow the entropy, by up to this much below and above.
        Cool where the model is sure, hot where it is open.
        """),
    KnobDescription(
      .temperature, name: "dynatemp_exp", title: "dynamic temperature exponent", isSwitch: false,
      .number(\.dynatempExponent), off: 1, range: "a finite number of at least 0 (1 by default)",
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

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    var temperature = temperature
    if spread > 0, temperature > 0, temperature < .infinity {
      if candidates.count <= 1 { return }
      temperature = dynamicTemperature(&candidates)
    }
    if temperature == 0 {
      let first = candidates.range.lowerBound
      candidates.keep(first..<first + 1, by: Self.name)
    } else {
      candidates.setTemperature(temperature)
    }
  }

  private func dynamicTemperature(_ candidates: inout Candidates) -> Double {
    let (low, high) = (max(temperature - spread, 0), temperature + spread)
    let openness = candidates.entropy() / log(Double(candidates.count + candidates.maskedCount))
    return low + (high - low) * pow(openness, exponent)
  }
}
