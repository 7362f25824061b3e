/// What is put around every text: `[CLS]` before it, `[SEP]` behind it. Most GPT-2s have nothing.
struct TokenTemplate: Equatable, Sendable {
  var before: [Int] = []
  var behind: [Int] = []

  /// - Parameter ids: those of the text.
  func around(_ ids: [Int]) -> [Int] { before.isEmpty && behind.isEmpty ? ids : before + ids + behind }
}

extension TokenTemplate {
  /// Reads `post_processor` of tokenizer.json.
  ///
  /// - Throws: `TokenizerError`, `.unsupported` for what does more than put tokens around a text.
  init(postProcessor json: JSON, file: String) throws(TokenizerError) {
    self.init()
    let type = json["type"]?.string
    func unsupported(_ feature: String) -> TokenizerError { .unsupported(file: file, feature: feature) }
    switch type {
    case nil where json == .null, "ByteLevel": return
    case "BertProcessing", "RobertaProcessing":
      guard let cls = json["cls"]?.array?.last?.int, let sep = json["sep"]?.array?.last?.int else {
        throw .unexpectedValue(
          file: file, place: "post_processor", expected: "an object with cls and sep, each a token and its id"
        )
      }
      (before, behind) = ([cls], [sep])
    case "Sequence":
      for step in json["processors"]?.array ?? [] {
        let inner = try TokenTemplate(postProcessor: step, file: file)
        (before, behind) = (inner.before + before, behind + inner.behind)
      }
    case "TemplateProcessing": try read(template: json, file: file)
    default: throw unsupported("a post-processor of type \(json["type"] ?? .null)")
    }
    guard (before + behind).allSatisfy((0...Vocabulary.largestID).contains) else {
      throw .unexpectedValue(
        file: file, place: "post_processor", expected: "tokens with ids from 0 to \(Vocabulary.largestID)")
    }
  }

  private mutating func read(template json: JSON, file: String) throws(TokenizerError) {
    var sawText = false
    for piece in json["single"]?.array ?? [] {
      if let name = piece["SpecialToken"]?["id"]?.string {
        let listed = json["special_tokens"]?[name]?["ids"]?.array?.map(\.int)
        guard let listed, !listed.contains(nil) else {
          throw .unexpectedValue(
            file: file, place: "post_processor.special_tokens",
            expected: "an object with the ids of \"\(ForeignText.line(name))\"")
        }
        let ids = listed.compactMap { $0 }
        if sawText { behind += ids } else { before += ids }
      } else {
        guard piece["Sequence"]?["id"] == "A", !sawText else {
          throw .unsupported(file: file, feature: "a template that is no text with tokens around it")
        }
        sawText = true
      }
    }
    guard sawText else { throw .unsupported(file: file, feature: "a template without the text") }
  }
}
