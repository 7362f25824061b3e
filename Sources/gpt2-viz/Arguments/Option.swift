/// One option: a row of the table that the parser reads and the help pages print.
struct Option: Sendable {
  let name: String
  let letter: Character?
  /// What stands for the value in the help text; nil for a flag.
  let placeholder: String?
  let help: String
  let apply: @Sendable (inout Options, OptionValue) throws(UsageError) -> Void

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

  var takesValue: Bool { placeholder != nil }

  /// As the help page shows it: `-k, --top-k N`.
  var spelling: String {
    (letter.map { "-\($0), " } ?? "    ") + "--" + name + (placeholder.map { " " + $0 } ?? "")
  }
}

/// The text given for an option, and how it was named, so that every complaint can name both.
struct OptionValue {
  let option: String
  let text: String

  func refused(_ wanted: String) -> UsageError {
    UsageError("\(option) takes \(wanted), not '\(text)'")
  }

  func outOfRange(_ range: String) -> UsageError {
    UsageError("\(option) must be \(range), but it is '\(text)'")
  }

  var tooLarge: UsageError {
    UsageError("\(option) is too large: '\(text)'; the largest is \(Int.max)")
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
