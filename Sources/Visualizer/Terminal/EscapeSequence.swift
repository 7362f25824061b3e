import CNcurses

/// Parser of an escape sequence that curses does not know, from the code behind its Esc to its end. The sequence is
/// skipped as a whole, so that its letters are not taken for keys.
///
/// Forms (ECMA-48 and common extensions): Alt with a key, `Esc [ … final`, `Esc O … final`, a mouse report of three
/// raw bytes, and strings that end with BEL or `Esc \`, such as replies to queries of another program.
struct EscapeSequence {
  enum Reading: Hashable {
    case unfinished, finished
    /// The code is not part of the sequence, which ends before it.
    case foreign
  }

  /// What was read, its beginning where it is long.
  private(set) var text = String.UnicodeScalarView()
  /// Longer than any reply that the program reads.
  private static let textLimit = 128

  private enum Place { case introducer, controlStart, parameters, raw(left: Int), string, stringEscape }
  private var place = Place.introducer

  /// Within a string, which no key begins but Alt with one.
  var isString: Bool {
    switch place {
    case .string, .stringEscape: true
    default: false
    }
  }

  mutating func read(_ code: Int32) -> Reading {
    guard (0..<NC_KEY).contains(code), let scalar = Unicode.Scalar(UInt32(code)) else { return .foreign }
    let reading = read(scalar)
    if reading != .foreign, text.count < Self.textLimit { text.append(scalar) }
    return reading
  }

  private mutating func read(_ scalar: Unicode.Scalar) -> Reading {
    switch place {
    case .introducer: return introduce(scalar)
    case .controlStart where scalar == "M": return go(to: .raw(left: 3))
    // Linux's console sends `Esc [ [ A` for F1.
    case .controlStart where scalar == "[": return go(to: .raw(left: 1))
    case .controlStart, .parameters:
      switch scalar {
      case " "..."?": return go(to: .parameters)
      case "@"..."~": return .finished
      default: return .foreign
      }
    case .raw(let left): return left > 1 ? go(to: .raw(left: left - 1)) : .finished
    case .string:
      switch scalar {
      case "\u{07}", "\u{9C}": return .finished
      case "\u{1B}": return go(to: .stringEscape)
      default: return .unfinished
      }
    case .stringEscape: return scalar == "\\" ? .finished : .foreign
    }
  }

  private mutating func introduce(_ scalar: Unicode.Scalar) -> Reading {
    switch scalar {
    case "[": go(to: .controlStart)
    case "O": go(to: .parameters)
    case "]", "P", "X", "^", "_": go(to: .string)
    default: .finished
    }
  }

  private mutating func go(to place: Place) -> Reading {
    self.place = place
    return .unfinished
  }
}
