/// Everything that one setting of the sampler chain is called, takes and does.
///
/// Options, the config file, variables of the environment, traces, lessons, help and the screen read it here. Each
/// step's file describes its own knobs.
public struct KnobDescription: Sendable {
  /// As `transformers` names it: `top_p`. Traces and JSON use it.
  public let name: String
  /// The name in running text and on screen: `top-p`.
  public let title: String
  /// The values that it takes, for error messages and help: `between 0 and 1 (1 is off)`.
  public let range: String
  /// The letter of its option on the command line.
  public let letter: Character?
  /// The line of the help page, where N or X stands for the value: `keep the N most probable tokens`.
  public let help: String
  /// Two lines for the person who turns it: what the step does, and when it helps.
  public let explanation: String

  let property: Property
  /// The value that switches it off.
  let off: Double
  private let allows: @Sendable (Double) -> Bool
  /// The setting in the line of the chain, where # stands for the value: `top-p #`.
  private let label: String
  /// The shortest name, for a chain that must fit: `p`.
  private let symbol: String
  private let labelAtZero: String?
  private let whenOff: WhenOff

  enum Property: Sendable {
    case number(WritableKeyPath<SamplingSettings, Double> & Sendable)
    case count(WritableKeyPath<SamplingSettings, Int> & Sendable)
  }

  /// How the line of the chain shows a setting that is off.
  enum WhenOff: Sendable {
    case hidden
    /// `top-p off`
    case word
    /// `T 1.00`
    case value
  }

  /// The knob that a step is named after.
  ///
  /// - Parameters:
  ///   - allows: false for a value outside the range; a count is checked as a Double.
  init(
    _ step: StepName, _ property: Property, off: Double, range: String,
    allows: @escaping @Sendable (Double) -> Bool, letter: Character? = nil, help: String, label: String,
    symbol: String,
    labelAtZero: String? = nil, whenOff: WhenOff = .hidden, explanation: String
  ) {
    (name, title, self.range, self.letter) = (step.rawValue, step.title, range, letter)
    (self.help, self.explanation, self.property, self.off) = (help, explanation, property, off)
    (self.allows, self.label, self.symbol) = (allows, label, symbol)
    (self.labelAtZero, self.whenOff) = (labelAtZero, whenOff)
  }

  /// Every knob, in the order in which they are listed.
  public static let all: [KnobDescription] = SamplerChain.allSteps.flatMap { $0.knobs }

  /// The option without its hyphens, and the key of config files and lessons: `top-p`.
  public var optionName: String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// True for a setting that counts.
  public var isWhole: Bool {
    if case .count = property { true } else { false }
  }

  // MARK: The value in settings

  /// The setting has no effect.
  public func isOff(in settings: SamplingSettings) -> Bool { value(in: settings) == off }

  private func value(in settings: SamplingSettings) -> Double {
    switch property {
    case .number(let path): settings[keyPath: path]
    case .count(let path): Double(settings[keyPath: path])
    }
  }

  /// Throws a sentence about a value outside the range.
  public func check(_ settings: SamplingSettings) throws(SamplingError) {
    let value = value(in: settings)
    if !allows(value) {
      throw .settingOutOfRange(
        title: title, range: range, value: value.isNaN ? "not a number" : text(in: settings))
    }
  }

  /// Takes a number as a person types it, whatever its range. False for a text that is no such number.
  public func set(_ text: String, in settings: inout SamplingSettings) -> Bool {
    switch property {
    case .number(let path):
      guard let number = Double(text) else { return false }
      settings[keyPath: path] = number
    case .count(let path):
      guard let number = Int(text) else { return false }
      settings[keyPath: path] = number
    }
    return true
  }

  // MARK: The value as text

  /// Every digit, as an option takes it: `0.925`, `40`.
  public func text(in settings: SamplingSettings) -> String {
    switch property {
    case .number(let path): NumberFormat.shortest(settings[keyPath: path])
    case .count(let path): "\(settings[keyPath: path])"
    }
  }

  /// As the screen shows it: `0.92`, `40`, `off`.
  public func shownValue(in settings: SamplingSettings) -> String {
    if isOff(in: settings), whenOff != .value { return "off" }
    switch property {
    case .number(let path): return NumberFormat.knob(settings[keyPath: path])
    case .count(let path): return "\(settings[keyPath: path])"
    }
  }

  /// The setting with its value in the line of the chain: `top-p 0.92`; nil where the line does not name it.
  public func label(in settings: SamplingSettings) -> String? {
    if isOff(in: settings), whenOff == .hidden { return nil }
    if let labelAtZero, value(in: settings) == 0 { return labelAtZero }
    let parts = label.split(separator: "#", omittingEmptySubsequences: false)
    return parts.joined(separator: shownValue(in: settings))
  }

  /// The setting in few letters: `p.95`, `k40`; `argmax` for greedy decoding.
  public func symbol(in settings: SamplingSettings) -> String {
    if let labelAtZero, value(in: settings) == 0 { return labelAtZero }
    var digits = shownValue(in: settings)
    if digits.contains(".") {
      while digits.hasSuffix("0") { digits.removeLast() }
      if digits.hasSuffix(".") { digits.removeLast() }
    }
    return symbol + (digits.hasPrefix("0.") ? String(digits.dropFirst()) : digits)
  }

  /// The value in JSON; an infinite one is null, as JSON has no other word.
  func json(in settings: SamplingSettings) -> JSON {
    switch property {
    case .number(let path): JSON(settings[keyPath: path])
    case .count(let path): JSON(settings[keyPath: path])
    }
  }

  /// The setting may be infinite.
  var allowsInfinity: Bool { !isWhole && allows(.infinity) }
}

extension StepName {
  /// The step's knobs; the first one switches it on and off.
  public var knobs: [KnobDescription] { SamplerChain.allSteps.first { $0.name == self }?.knobs ?? [] }
}

extension SamplingSettings {
  /// The knobs of the steps that can have an effect, in the order in which these run: greedy decoding looks at few.
  public var chainKnobs: [KnobDescription] {
    order.steps.flatMap { name in
      let step = SamplerChain.allSteps.first { $0.name == name }
      return step.map { !isGreedy || $0.runsInGreedyDecoding ? $0.knobs : [] } ?? []
    }
  }
}
