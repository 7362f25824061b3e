/// A sentence with what helps behind it.
package enum Advice {
  /// "The server is still loading; try again.", of "The server is still loading." and "; try again."
  package static func joined(_ sentence: String, _ advice: String) -> String {
    (sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence) + advice
  }
}
