/// The reason that a server gives in the body of an error, in any of the shapes that servers use.
package enum ServerMessage {
  /// How many characters of it are shown.
  private static let longest = 200

  /// `{"error": {"message": ...}}`, `{"error": "..."}`, `{"detail": "..."}`, `{"detail": [{"msg": ...}]}` or
  /// `{"message": ...}`; nil for a web page, or any other text.
  ///
  /// - Parameter secret: what must not be shown, also where the server repeats it.
  package static func read(_ body: [UInt8], hiding secret: String?) -> String? {
    guard let document = try? JSON(parsing: body) else { return nil }
    let error = document["error"]
    let detail = document["detail"]
    let text =
      error?["message"]?.string ?? error?.string ?? detail?.string ?? detail?.array?.first?["msg"]?.string
      ?? document["message"]?.string
    guard let text, !text.trimmed().isEmpty else { return nil }
    var line = ForeignText.line(String(hide(secret, in: text).trimmed()), limit: longest)
    while line.hasSuffix(".") { line.removeLast() }
    return line.isEmpty ? nil : line
  }

  private static func hide(_ secret: String?, in text: String) -> String {
    guard let secret, !secret.isEmpty else { return text }
    var (rest, shown) = (text[...], "")
    while let place = rest.firstRange(of: secret) {
      shown += rest[..<place.lowerBound] + "…"
      rest = rest[place.upperBound...]
    }
    return shown + rest
  }
}
