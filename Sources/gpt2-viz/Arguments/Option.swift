import LMCore

/// One option: a row of the table that the parser reads and the help pages print.
struct Option: Sendable {
  let name: String
  let letter: Character?
  /// What stands for the value in the help text; nil for a flag.
  let placeholder: String?
  let help: String
  let apply: @Sendable (inout Options, OptionValue) throws(UsageError) -> Void
  /// What a shell can offer for the value.
  private(set) var values = ValueKind.any
  /// How the config file and the environment set it; nil where they cannot.
  private(set) var setting: Setting?

  /// An option with a value.
  init(
    _ name: String, _ letter: Character?, _ placeholder: String, _ help: String,
    apply: @escaping @Sendable (inout Options, OptionValue) throws(UsageError) -> Void
  ) {
    (self.name, self.letter, self.placeholder, self.help, self.apply) =
      (name, letter, placeholder, help, apply)
  }

  /// A flag.
  init(
    flag name: String, letter: Character? = nil, _ help: String,
    apply: @escaping @Sendable (inout Options) -> Void
  ) {
    (self.name, self.letter, self.help) = (name, letter, help)
    placeholder = nil
    self.apply = { options, _ throws(UsageError) in apply(&options) }
  }

  /// The same option whose value a shell can complete.
  func offering(_ values: ValueKind) -> Option {
    var option = self
    option.values = values
    return option
  }

  /// The same option, for the config file and the environment, too. `value` reads it from options as the file
  /// would say it; nil is `unset`, in words.
  func configurable(
    unset: String = "", value: @escaping @Sendable (Options) -> String?
  ) -> Option {
    var option = self
    option.setting = Setting(unset: unset, value: value, apply: apply)
    return option
  }

  /// The same flag, which the config file and the environment can set to true and to false.
  func configurable(_ property: WritableKeyPath<Options, Bool> & Sendable, isOn: Bool = true) -> Option {
    var option = self
    option.setting = Setting(
      unset: "", value: { ($0[keyPath: property] == isOn) ? "true" : "false" },
      apply: { options, value throws(UsageError) in
        options[keyPath: property] = try value.flag() == isOn
      })
    return option
  }

  var takesValue: Bool { placeholder != nil }

  /// As the help page shows it: `-k, --top-k N`.
  var spelling: String {
    (letter.map { "-\($0), " } ?? "    ") + "--" + name + (placeholder.map { " " + $0 } ?? "")
  }
}

/// What a shell can offer for the value of an option.
enum ValueKind: Equatable, Sendable {
  case any, file, folder
  /// A folder, or the name of a model that needs no folder.
  case model
  /// A command of the program.
  case commands
  case words([String])
}

/// How the config file and the environment set an option.
struct Setting: Sendable {
  /// What stands where nothing was set, in words.
  let unset: String
  let value: @Sendable (Options) -> String?
  let apply: @Sendable (inout Options, OptionValue) throws(UsageError) -> Void
}

/// An option and the text that was given for it.
struct GivenOption: Sendable {
  let option: Option
  let value: OptionValue
}

/// The text given for an option, and how it was named, so that every complaint can name both.
struct OptionValue: Sendable {
  let option: String
  let text: String

  func refused(_ wanted: String) -> UsageError {
    UsageError("\(option) takes \(wanted), not '\(ForeignText.line(text))'")
  }

  func outOfRange(_ range: String) -> UsageError {
    UsageError("\(option) must be \(range), but it is '\(ForeignText.line(text))'")
  }

  var tooLarge: UsageError {
    UsageError("\(option) is too large: '\(ForeignText.line(text))'; the largest is \(Int.max)")
  }

  /// A whole number of at least `minimum`.
  func integer(atLeast minimum: Int) throws(UsageError) -> Int {
    if isTooLargeForInt(text) { throw tooLarge }
    guard let number = Int(text), number >= minimum else {
      throw refused("a whole number of at least \(minimum)")
    }
    return number
  }

  func integer(in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw refused("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func flag() throws(UsageError) -> Bool {
    switch text {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default: throw refused("true or false")
    }
  }

  /// Token ids between blanks or commas, with or without brackets around them.
  func tokenIDs() throws(UsageError) -> [Int] {
    var ids: [Int] = []
    for word in text.split(whereSeparator: { ",[] \t\n\r\r\n".contains($0) }) {
      if isTooLargeForInt(word) {
        throw UsageError("\(option) takes token ids such as \"3666 12507\"; '\(word)' is too large")
      }
      guard let id = Int(word), id >= 0 else {
        throw UsageError("\(option) takes token ids such as \"3666 12507\"; '\(word)' is none")
      }
      ids.append(id)
    }
    return ids
  }
}

/// Whether a text is a whole number, 0 or more, beyond what `Int` holds.
func isTooLargeForInt(_ text: some StringProtocol) -> Bool {
  let digits = text.utf8.first == UInt8(ascii: "+") ? text.utf8.dropFirst() : text.utf8[...]
  return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    && Int(text) == nil
}

/// `a`, `a or b`, `a, b or c`.
func inWords(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " or " + last
}
