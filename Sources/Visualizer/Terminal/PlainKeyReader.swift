import CNcurses
import LMCore

/// Splits bytes into keys without a terminal database: from a terminal in raw mode, or from lines of keys in a pipe.
struct PlainKeyReader {
  enum Source: Sendable {
    case terminal
    /// Each character of a line is a key; names such as `<Right>` stand for keys without a character. The end of a line
    /// is not a key, but an empty line is Enter.
    case lines
  }

  private let source: Source
  private var bytes: [UInt8] = []
  private var isAtLineStart = true

  init(_ source: Source) { self.source = source }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

  /// The next keys; nil where more bytes are needed.
  ///
  /// - Parameters:
  ///   - wantsText: a text is expected: the rest of the line, or the next line where this one is at its end. An empty
  ///     text keeps the old one.
  ///   - isComplete: no more bytes are expected soon, so that a final Esc is the key and not the start of a sequence.
  mutating func next(wantsText: Bool, isComplete: Bool) -> [Key]? {
    if wantsText { return nextText(isComplete: isComplete) }
    while let first = bytes.first {
      if source == .lines, first == 0x0A || first == 0x0D {
        let isEmptyLine = isAtLineStart && first == 0x0A
        bytes.removeFirst()
        if first == 0x0A { isAtLineStart = true }
        if isEmptyLine { return [.enter] }
        continue
      }
      if source == .lines, let (key, length) = named() {
        take(length)
        return [key]
      }
      let length =
        first == 0x1B ? escapeLength(isComplete: isComplete) : characterLength(isComplete: isComplete)
      guard let length else { return nil }
      let key = key(of: bytes[..<length])
      take(length)
      if let key { return [key] }
    }
    return nil
  }

  private mutating func take(_ length: Int) {
    bytes.removeFirst(length)
    isAtLineStart = false
  }

  private mutating func nextText(isComplete: Bool) -> [Key]? {
    // The key was alone on its line: the text is the next line.
    if source == .lines, !isAtLineStart, let first = bytes.first, first == 0x0A || first == 0x0D {
      if first == 0x0D, bytes.count == 1, !isComplete { return nil }
      bytes.removeFirst(first == 0x0D && bytes.dropFirst().first == 0x0A ? 2 : 1)
      isAtLineStart = true
    }
    guard let end = bytes.firstIndex(of: 0x0A) ?? (isComplete && !isEmpty ? bytes.endIndex : nil) else {
      return nil
    }
    var line = bytes[..<end]
    bytes.removeFirst(min(end + 1, bytes.count))
    isAtLineStart = true
    if line.last == 0x0D { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    if text.isEmpty || source == .lines && text.lowercased() == "<esc>" { return [.escape] }
    return [.control("u"), .paste(text), .enter]
  }

  // MARK: One key

  /// The length of the first character in bytes; nil where it is incomplete.
  private func characterLength(isComplete: Bool) -> Int? {
    let length = UTF8Lead.length(bytes[0]) ?? 1
    if bytes.count < length, !isComplete { return nil }
    return min(length, bytes.count)
  }

  /// The length of the escape sequence at the beginning, in bytes; nil where it is incomplete.
  private func escapeLength(isComplete: Bool) -> Int? {
    var sequence = EscapeSequence()
    for index in 1..<max(bytes.count, 1) {
      switch sequence.read(Int32(bytes[index])) {
      case .unfinished: continue
      case .finished: return index + 1
      case .foreign: return index
      }
    }
    return isComplete ? bytes.count : nil
  }

  private func key(of bytes: ArraySlice<UInt8>) -> Key? {
    guard bytes.count > 1, bytes.first == 0x1B else {
      guard let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first else {
        return nil
      }
      // Ctrl-Z from a pipe is ignored: no shell could resume the program.
      let key = KeyDecoder.key(Int32(scalar.value))
      return source == .lines && key == .control("z") ? nil : key
    }
    return Self.sequences[String(decoding: bytes.dropFirst(), as: UTF8.self)]
  }

  private static let sequences: [String: Key] = [
    "[A": .up, "OA": .up, "[B": .down, "OB": .down, "[C": .right, "OC": .right, "[D": .left, "OD": .left,
    "[H": .home, "OH": .home, "[1~": .home, "[7~": .home, "[F": .end, "OF": .end, "[4~": .end, "[8~": .end,
    "[5~": .pageUp, "[6~": .pageDown, "[2~": .insert, "[3~": .delete, "[Z": .backTab,
    "OP": .function(1), "[11~": .function(1), "[[A": .function(1),
  ]

  // MARK: Keys by name

  /// The named key at the beginning, such as `<Right>`, in upper or lower case; nil where `<` begins no name. A name that
  /// is no key's must not become the keys of its letters.
  private func named() -> (key: Key, length: Int)? {
    guard bytes[0] == UInt8(ascii: "<"), let end = bytes.prefix(24).firstIndex(of: UInt8(ascii: ">")) else {
      return nil
    }
    let name = String(decoding: bytes[1..<end], as: UTF8.self)
    if let key = Self.names[name.lowercased()] { return (key, end + 1) }
    let isName = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    return isName ? (.unknownName(name), end + 1) : nil
  }

  /// The names of keys without a character of their own, as help shows them.
  private static let shownNames: [(name: String, key: Key)] = [
    ("Right", .right), ("Left", .left), ("Up", .up), ("Down", .down), ("Home", .home), ("End", .end),
    ("PgUp", .pageUp), ("PgDn", .pageDown), ("Enter", .enter), ("Esc", .escape), ("Tab", .tab),
    ("Space", .character(" ")), ("F1", .function(1)), ("Ctrl-L", .control("l")), ("lt", .character("<")),
  ]

  /// The keys by their names in lower case.
  static let names = Dictionary(uniqueKeysWithValues: shownNames.map { ($0.name.lowercased(), $0.key) })
  /// `<Right>, <Left>, ...`
  static let namesInWords = shownNames.map { "<\($0.name)>" }.joined(separator: ", ")
}
