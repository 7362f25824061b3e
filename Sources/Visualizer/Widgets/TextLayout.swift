import Presentation

/// Tokens as lines of cells: bytes joined to characters across token boundaries, wrapped between words.
///
/// A character belongs to the token whose byte completes it; a combining mark joins the character before it, also that of
/// another token.
struct TextLayout {
  enum Kind: Hashable {
    case character, space, newline
    /// Part of the escaped form of bytes or characters that cannot be shown.
    case escape
    /// The line between the prompt and the generated text.
    case boundary
    /// An addition before or behind a token: a bracket around a repeated phrase, the mark of a forced token.
    case sign
  }

  struct Piece: Hashable {
    /// The character; its style is set when it is drawn.
    var cell: Cell
    /// The index of its token.
    var owner: Int
    var kind: Kind

    var width: Int { Int(cell.width) }
  }

  private(set) var lines: [[Piece]] = [[]]
  private let width: Int
  private var used = 0
  /// The last position at which the current line may be broken, in pieces.
  private var breakCount = 0

  /// - Parameters:
  ///   - boundary: the token before which a boundary line is drawn.
  ///   - signs: the additions before and behind a token, by its index.
  init(
    tokens: [[UInt8]], width: Int, glyphs: GlyphSet, boundary: Int? = nil,
    signs: [Int: (before: [Unicode.Scalar], behind: [Unicode.Scalar])] = [:]
  ) {
    self.width = max(width, 1)
    var scanner = ByteUnitScanner()
    var units: [ByteUnitScanner.Owned] = []
    for (owner, bytes) in tokens.enumerated() {
      if owner == boundary {
        scanner.finish(into: &units)
        flush(&units, glyphs)
        append(Piece(cell: Cell(glyphs.curveVertical), owner: owner, kind: .boundary))
      }
      for sign in signs[owner]?.before ?? [] {
        append(Piece(cell: Cell(sign), owner: owner, kind: .sign))
      }
      for byte in bytes { scanner.push(byte, owner: owner, into: &units) }
      flush(&units, glyphs)
      for sign in signs[owner]?.behind ?? [] {
        append(Piece(cell: Cell(sign), owner: owner, kind: .sign))
      }
    }
    scanner.finish(into: &units)
    flush(&units, glyphs)
  }

  private mutating func flush(_ units: inout [ByteUnitScanner.Owned], _ glyphs: GlyphSet) {
    for unit in units { append(unit, glyphs) }
    units.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ unit: ByteUnitScanner.Owned, _ glyphs: GlyphSet) {
    switch unit.unit {
    case .scalar(" "):
      append(Piece(cell: .blank, owner: unit.owner, kind: .space))
    case .scalar("\n"):
      append(Piece(cell: Cell(glyphs.newline), owner: unit.owner, kind: .newline))
    case .scalar("\t"):
      append(Piece(cell: Cell(glyphs.tab), owner: unit.owner, kind: .escape))
    case .scalar(let scalar):
      switch PrintableToken.drawnWidth(of: scalar, glyphs: glyphs) {
      case 0:
        add(mark: scalar, owner: unit.owner)
      case let width?:
        append(Piece(cell: Cell(scalar, width: Int8(width)), owner: unit.owner, kind: .character))
      case nil where scalar.properties.isVariationSelector && lines.last?.last?.kind == .character:
        // Dropped: it only selects a glyph variant, and terminals disagree on the width of the result.
        break
      case nil:
        append(escape: unit, glyphs)
      }
    case .stray:
      append(escape: unit, glyphs)
    }
  }

  private mutating func append(escape unit: ByteUnitScanner.Owned, _ glyphs: GlyphSet) {
    for scalar in PrintableToken.label(for: unit.unit, glyphs: glyphs, isFirst: false).unicodeScalars {
      append(Piece(cell: Cell(scalar), owner: unit.owner, kind: .escape))
    }
  }

  private mutating func add(mark: Unicode.Scalar, owner: Int) {
    guard let last = lines.last?.last, last.kind == .character else {
      var cell = Cell("\u{25CC}")
      cell.add(mark: mark)
      return append(Piece(cell: cell, owner: owner, kind: .character))
    }
    lines[lines.count - 1][lines[lines.count - 1].count - 1].cell.add(mark: mark)
  }

  private mutating func append(_ piece: Piece) {
    if used + piece.width > width {
      switch piece.kind {
      case .space:
        // The space at a line break is not drawn.
        return startLine()
      case .newline:
        startLine()
      default:
        breakLine()
      }
    }
    // A line may be broken before a wide character: most scripts of wide characters have no spaces.
    if piece.width == 2 { breakCount = lines[lines.count - 1].count }
    lines[lines.count - 1].append(piece)
    used += piece.width
    if piece.kind == .space || piece.width == 2 { breakCount = lines[lines.count - 1].count }
    if piece.kind == .newline { startLine() }
  }

  private mutating func startLine() {
    lines.append([])
    used = 0
    breakCount = 0
  }

  /// Moves the unfinished word to a new line, unless it is the whole line.
  private mutating func breakLine() {
    let last = lines.count - 1
    guard !lines[last].isEmpty else { return }
    let word = breakCount > 0 ? Array(lines[last][breakCount...]) : []
    if breakCount > 0 { lines[last].removeSubrange(breakCount...) }
    startLine()
    lines[last + 1] = word
    used = word.reduce(0) { $0 + $1.width }
  }
}
