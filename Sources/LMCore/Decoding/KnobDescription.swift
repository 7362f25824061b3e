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
  /// Names that other systems have for its option: `top-nsigma`. They are read, and not shown.
  public let otherNames: [String]
  /// The line of the help page, where N or X stands for the value: `keep the N most probable tokens`.
  public let help: String
  /// Two lines for the person who turns it: what the step does, and when it helps.
  public let explanation: String

  /// The step that it belongs to.
  public let step: StepName
  /// Whether it can turn its step on; the other settings only shape what the step does then.
  public let isSwitch: Bool

  let property: Property
  /// The value of the default settings; that of a switch turns it off.
  let off: Double
  /// The values that one key press moves between, from the lowest. A count's 0 at the end stands for no limit.
  let values: [Double]
  /// What switching on sets; that of a setting which is no switch is its default.
  let usual: Double
  private let isOffBelowZero: Bool
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
    case word(WordProperty)
  }

  /// A setting that is one of a few words. As a number it is the word's place among them.
  struct WordProperty: Sendable {
    let words: [String]
    let word: @Sendable (SamplingSettings) -> String
    let set: @Sendable (String, inout SamplingSettings) -> Bool

    init<Word: RawRepresentable<String> & CaseIterable & Sendable>(
      _ path: WritableKeyPath<SamplingSettings, Word> & Sendable
    ) {
      words = Word.allCases.map(\.rawValue)
      word = { $0[keyPath: path].rawValue }
      set = { text, settings in
        guard let word = Word(rawValue: text) else { return false }
        settings[keyPath: path] = word
        return true
      }
    }
  }

  /// How the line of the chain shows a setting that is off.
  enum WhenOff: Sendable {
    case hidden
    /// `top-p off`
    case word
    /// `T 1.00`
    case value
  }

  /// - Parameters:
  ///   - name: nil for the knob that its step is named after.
  ///   - off: the value of the default settings.
  ///   - isOffBelowZero: every negative value is off too.
  ///   - values: what one key press moves between; not for words.
  ///   - usual: what switching on sets; nil for a setting that is no switch.
  ///   - allows: false for a value outside the range; a count is checked as a Double.
  init(
    _ step: StepName, name: String? = nil, title: String? = nil, isSwitch: Bool = true, _ property: Property,
    off: Double, isOffBelowZero: Bool = false, values: [Double] = [], usual: Double? = nil, range: String,
    allows: @escaping @Sendable (Double) -> Bool = { _ in true },
    letter: Character? = nil, otherNames: [String] = [], help: String, label: String, symbol: String,
    labelAtZero: String? = nil,
    whenOff: WhenOff = .hidden, explanation: String
  ) {
    (self.name, self.title) = (name ?? step.rawValue, title ?? step.title)
    (self.step, self.isSwitch, self.range, self.letter) = (step, isSwitch, range, letter)
    self.otherNames = otherNames
    (self.help, self.explanation, self.property, self.off) = (help, explanation, property, off)
    (self.allows, self.label, self.symbol) = (allows, label, symbol)
    (self.isOffBelowZero, self.labelAtZero, self.whenOff) = (isOffBelowZero, labelAtZero, whenOff)
    (self.values, self.usual) = (values, usual ?? off)
  }

  /// Every knob, in the order in which they are listed.
  public static let all: [KnobDescription] = SamplerChain.allSteps.flatMap { $0.knobs }

  /// The option without its hyphens, and the key of config files and lessons: `top-p`.
  public var optionName: String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// True for a setting that counts.
  public var isWhole: Bool {
    if case .count = property { true } else { false }
  }

  /// What stands for its value in help: N for a count, X for another number.
  public var placeholder: String { isWhole ? "N" : words.isEmpty ? "X" : "NAME" }

  /// The words that it takes; empty for a number.
  public var words: [String] {
    if case .word(let property) = property { property.words } else { [] }
  }

  // MARK: The value in settings

  /// A switch has no effect, or another setting has its default value.
  public func isOff(in settings: SamplingSettings) -> Bool {
    let value = value(in: settings)
    return value == off || isOffBelowZero && value < 0
  }

  func value(in settings: SamplingSettings) -> Double {
    switch property {
    case .number(let path): settings[keyPath: path]
    case .count(let path): Double(settings[keyPath: path])
    case .word(let property): Double(property.words.firstIndex(of: property.word(settings)) ?? 0)
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
    case .word(let property): return property.set(text, &settings)
    }
    return true
  }

  // MARK: The value as text

  /// Every digit, as an option takes it: `0.925`, `40`.
  public func text(in settings: SamplingSettings) -> String {
    switch property {
    case .number(let path): NumberFormat.shortest(settings[keyPath: path])
    case .count(let path): "\(settings[keyPath: path])"
    case .word(let property): property.word(settings)
    }
  }

  /// As the screen shows it: `0.92`, `40`, `off`.
  public func shownValue(in settings: SamplingSettings) -> String {
    if isSwitch, isOff(in: settings), whenOff != .value { return "off" }
    if case .number(let path) = property { return NumberFormat.knob(settings[keyPath: path]) }
    return text(in: settings)
  }

  /// The setting with its value in the line of the chain: `top-p 0.92`; nil where the line does not name it.
  public func label(in settings: SamplingSettings) -> String? {
    if isOff(in: settings), whenOff == .hidden { return nil }
    if !isSwitch, !step.isOn(settings) { return nil }
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
    case .word(let property): JSON(property.word(settings))
    }
  }

  /// The setting may be below 0.
  var allowsNegative: Bool { allows(-1) }

  /// The setting may be infinite.
  var allowsInfinity: Bool {
    if case .number = property { allows(.infinity) } else { false }
  }
}

extension StepName {
  /// The step's knobs, the one that it is named after first.
  public var knobs: [KnobDescription] { type?.knobs ?? [] }

  /// Whether the settings let the step do anything.
  public func isOn(_ settings: SamplingSettings) -> Bool { type?.isOn(settings) ?? false }

  var type: (any SamplerStep.Type)? {
    self == .known ? KnownStep.self : SamplerChain.allSteps.first { $0.name == self }
  }
}

extension SamplingSettings {
  /// The knobs of the steps that can have an effect, in the order in which these run: greedy decoding looks at few, and
  /// llama.cpp's Mirostat at the temperature alone.
  public var chainKnobs: [KnobDescription] {
    order.steps.flatMap { name in
      let step = SamplerChain.allSteps.first { $0.name == name }
      return step.map { isPassedOver($0) ? [] : $0.knobs } ?? []
    }
  }

  /// Whether a step has no part in the chain, though it may be switched on and stand in the order.
  func isPassedOver(_ step: any SamplerStep.Type) -> Bool {
    isGreedy && !step.runsInGreedyDecoding
      || isMirostatAlone && step.name != .temperature && step.name != .mirostat
  }
}
