/// What a text goes through before it is cut into pieces: steps of tokenizer.json's `normalizer`, in order.
struct TextNormalizer: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    /// Unicode's composed form (UAX 15).
    case nfc
    /// In front of a text that is not empty.
    case prepend([UInt8])
    case replace([UInt8], with: [UInt8])
  }

  var steps: [Step] = []

  /// Calls `body` with the text behind all steps. A text that no step changes is not copied.
  func normalize<Result>(
    _ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    var changed: [UInt8]?
    for step in steps {
      let result = changed.map { $0.withUnsafeBytes { Self.run(step, $0) } } ?? Self.run(step, text)
      changed = result ?? changed
    }
    guard let changed else { return try body(text) }
    return try changed.withUnsafeBytes(body)
  }

  /// nil where the step changes nothing.
  private static func run(_ step: Step, _ text: UnsafeRawBufferPointer) -> [UInt8]? {
    switch step {
    case .nfc: return CanonicalComposition.composed(text)
    case .prepend(let prefix): return text.isEmpty ? nil : prefix + text
    case .replace(let old, let new): return replaced(old, with: new, in: text)
    }
  }

  private static func replaced(
    _ old: [UInt8], with new: [UInt8], in text: UnsafeRawBufferPointer
  ) -> [UInt8]? {
    guard let first = old.first else { return nil }
    var result: [UInt8] = []
    // Most texts have a space every six letters.
    result.reserveCapacity(text.count + text.count / 2)
    var start = 0
    var position = 0
    while position < text.count {
      if text[position] == first, text[position...].starts(with: old) {
        result.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<position]))
        result.append(contentsOf: new)
        position += old.count
        start = position
      } else {
        position += 1
      }
    }
    guard start > 0 else { return nil }
    result.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
    return result
  }
}
