/// Names for ids that have no token in their vocabulary, such as padding rows of a matrix.
package enum TokenName {
  /// `#305`, as UTF-8.
  package static func bytes(ofUnnamed id: Int) -> [UInt8] { Array("#\(id)".utf8) }
}
