/// One cell of the screen: a base character with its combining marks and its style.
package struct Cell: Hashable, Sendable {
  package var scalar: Unicode.Scalar
  package var style: Style
  /// 1 or 2 columns, or 0 for the column that the wide character before it covers.
  package let width: Int8
  /// Up to four marks, 0 for none. A vector, so that a cell needs no heap object.
  private var packedMarks: SIMD4<UInt32>

  package static let blank = Cell(" ")
  package static let markLimit = 4

  package init(_ scalar: Unicode.Scalar, width: Int8 = 1, style: Style = .plain) {
    self.scalar = scalar
    self.style = style
    self.width = width
    packedMarks = .zero
  }

  package var marks: [Unicode.Scalar] {
    if packedMarks == .zero { return [] }
    return (0..<Self.markLimit).compactMap { packedMarks[$0] == 0 ? nil : Unicode.Scalar(packedMarks[$0]) }
  }

  /// Adds a combining mark. A fifth one is dropped: curses stores at most four.
  package mutating func add(mark: Unicode.Scalar) {
    for index in 0..<Self.markLimit where packedMarks[index] == 0 {
      packedMarks[index] = mark.value
      return
    }
  }
}
