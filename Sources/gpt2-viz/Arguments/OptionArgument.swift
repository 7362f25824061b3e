import LMCore

/// The text given for an option, and how the option was named, so that every error message can name both.
struct OptionArgument: Sendable {
  /// `-k`, `--top-k`, `GPT2_VIZ_TOP_K`, `/home/me/.config/gpt2-viz/config:3: top-k`
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

  /// A finite number.
  func number() throws(UsageError) -> Double {
    guard let number = Double(text), number.isFinite else { throw refused("a number") }
    return number
  }

  func flag() throws(UsageError) -> Bool {
    switch text {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default: throw refused("true or false")
    }
  }

  /// One of the raw values of an enumeration.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(
    of _: Choice.Type
  ) throws(UsageError) -> Choice {
    guard let choice = Choice(rawValue: text) else { throw refused(inWords(Choice.allCases.map(\.rawValue))) }
    return choice
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
