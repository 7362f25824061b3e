/// One step of cutting a text into pieces; several run one behind the other, each within the pieces of the one before.
enum PieceCut: Sendable, Equatable {
  /// Pieces are the matches of a rule's pattern.
  case rule(PreTokenizer)
  /// Runs of a class of characters are pieces, and so is what lies between them.
  case runs(RunClass, longest: Int)
  /// Three ASCII digits are a piece, and what lies between.
  case threeDigits
  /// A text ends the piece that it stands in.
  case behind([UInt8])
  /// A text begins a piece.
  case before([UInt8])

  enum RunClass: Sendable, Equatable {
    case numbers
    /// `[\p{P}$+<=>^~|]`
    case punctuation

    func contains(_ text: UnsafeRawBufferPointer, at position: Int) -> (isMember: Bool, length: Int) {
      switch self {
      case .numbers:
        let (kind, length) = CharacterClass.classify(text, at: position)
        return (kind == .number, length)
      case .punctuation:
        let (place, length) = text.decodeUTF8(at: position)
        guard case .scalar(let scalar) = place else { return (false, length) }
        if ["$", "+", "<", "=", ">", "^", "~", "|"].contains(scalar) { return (true, length) }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
          .initialPunctuation, .finalPunctuation, .otherPunctuation:
          return (true, length)
        default: return (false, length)
        }
      }
    }
  }

  static func gpt2() -> PieceCut { .rule(PreTokenizer(.gpt2)) }

  /// Each number by itself.
  static let digits = PieceCut.runs(.numbers, longest: 1)

  /// The cut whose pieces are the matches of a pattern, and what lies between them; nil for an unknown pattern.
  init?(isolating pattern: String) {
    switch pattern {
    case #"\p{N}"#: self = .digits
    case #"\p{N}+"#: self = .runs(.numbers, longest: .max)
    case #"\p{N}{1,3}"#: self = .runs(.numbers, longest: 3)
    default:
      guard let rule = PieceRule(pattern: pattern) else { return nil }
      self = .rule(PreTokenizer(rule))
    }
  }

  /// Calls `body` with the pieces of a text, in order; none is empty.
  func forEachPiece(in text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start < text.count {
      let end = end(in: text, from: start)
      body(UnsafeRawBufferPointer(rebasing: text[start..<end]))
      start = end
    }
  }

  private func end(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    switch self {
    case .rule(let rule): rule.endOfPiece(in: text, from: start)
    case .runs(let kind, let longest): Self.endOfRun(kind, longest, text, start)
    case .threeDigits: Self.endOfThreeDigits(text, start)
    case .behind(let mark): Self.place(of: mark, text, start).map { $0 + mark.count } ?? text.count
    case .before(let mark): Self.place(of: mark, text, start + 1) ?? text.count
    }
  }

  private static func endOfRun(
    _ kind: RunClass, _ longest: Int, _ text: UnsafeRawBufferPointer, _ start: Int
  ) -> Int {
    let (wanted, length) = kind.contains(text, at: start)
    var position = start + length
    var count = 1
    while position < text.count, !wanted || count < longest {
      let (isMember, length) = kind.contains(text, at: position)
      guard isMember == wanted else { break }
      position += length
      count += 1
    }
    return position
  }

  private static func endOfThreeDigits(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
    func areDigits(_ position: Int) -> Bool {
      position + 3 <= text.count && (0..<3).allSatisfy { text[position + $0] &- UInt8(ascii: "0") < 10 }
    }
    if areDigits(start) { return start + 3 }
    var position = start + 1
    while position < text.count, !areDigits(position) { position += 1 }
    return position
  }

  private static func place(of mark: [UInt8], _ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var position = start
    while position + mark.count <= text.count {
      if text[position] == mark[0], text[position...].starts(with: mark) { return position }
      position += 1
    }
    return nil
  }
}

extension [PieceCut] {
  /// Calls `body` with the pieces that are left behind all steps, in order.
  func forEachPiece(in text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    self[...].forEachPiece(in: text, body)
  }
}

extension ArraySlice<PieceCut> {
  fileprivate func forEachPiece(
    in text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard let first else { return body(text) }
    first.forEachPiece(in: text) { dropFirst().forEachPiece(in: $0, body) }
  }
}
