import CNcurses
import Glibc
import Testing

@testable import Presentation

@Suite struct CellWidthTests {
  @Test(arguments: [
    ("a", 1), ("é", 1), ("日", 2), ("😀", 2), ("\u{301}", 0), ("\u{3099}", 0), ("█", 1), ("▏", 1), ("┼", 1),
    ("…", 1),
    ("⚡", 2), ("ก", 1), ("\u{E34}", 0), ("\u{1160}", 0), ("한", 2), ("\u{FFFD}", 1),
  ])
  func knowsTheWidth(character: String, width: Int) {
    #expect(CellWidth.width(of: character.unicodeScalars.first!) == width)
  }

  @Test(arguments: [
    0, 0x1B, 0x7F, 0x9B, 0xAD, 0x200B, 0x200D, 0x202E, 0x2066, 0xFEFF, 0x2028, 0xE0041, 0x378, 0x10FFFF,
  ])
  func refusesWhatIsNotDrawn(value: Int) {
    #expect(CellWidth.width(of: Unicode.Scalar(UInt32(value))!) == nil)
  }

  /// curses positions characters by wcwidth: one different width would shift a row.
  @Test func agreesWithGlibc() throws {
    let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
    let before = uselocale(locale)
    defer {
      uselocale(before)
      freelocale(locale)
    }
    var different: [String] = []
    // (wcwidth gives 0 for NUL, the end of a string.)
    for value in UInt32(1)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let theirs = wcwidth(wchar_t(value))
      switch CellWidth.width(of: scalar) {
      case let ours? where ours != theirs: different.append("U+\(String(value, radix: 16)) \(ours) \(theirs)")
      case nil where theirs >= 0:
        let category = scalar.properties.generalCategory
        let isNeverDrawn =
          category == .format || category == .lineSeparator || category == .paragraphSeparator
        if !isNeverDrawn { different.append("U+\(String(value, radix: 16)) nil \(theirs)") }
      default: break
      }
    }
    // Other versions of glibc know other characters, which the terminal then draws as a replacement.
    var version = [CChar](repeating: 0, count: 64)
    confstr(Int32(_CS_GNU_LIBC_VERSION), &version, version.count)
    let name = version.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let isSame = String(decoding: name, as: UTF8.self) == "glibc \(CellWidth.sourceVersion)"
    #expect(different.count <= (isSame ? 0 : 2000), "\(different.prefix(20))")
  }
}
