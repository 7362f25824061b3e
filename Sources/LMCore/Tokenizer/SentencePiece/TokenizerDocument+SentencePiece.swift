/// A tokenizer over characters from tokenizer.json. What is not known is refused.
extension TokenizerDocument {
  func sentencePiece(
    tokens: [AddedToken], _ settings: TokenizerSettings, _ template: TokenTemplate
  ) throws(TokenizerError) -> SentencePieceBPE {
    let steps = try characterSteps()
    let decoding = try decoding()
    let pairs = try bytePairs(.plain, readsUnknown: false)
    let vocabulary = pairs.vocabulary
    var added = AddedVocabulary(
      splitsSpecialTokens: try settings.flag("split_special_tokens", or: false))
    added.add(tokens, to: vocabulary, steps.normalizer)
    added.add(settings.tokens(besides: added), to: vocabulary, steps.normalizer)
    return SentencePieceBPE(
      CharacterTokens(vocabulary, fallsBack: self[model: "byte_fallback"].bool ?? false),
      .pairs(
        pairs.merger, unknown: try unknownToken(in: vocabulary),
        ignoresMerges: self[model: "ignore_merges"].bool ?? false),
      steps, decoding, added: added, special: settings.special(in: added), template: template)
  }

  private func characterSteps() throws(TokenizerError) -> SentencePieceBPE.Steps {
    var steps = SentencePieceBPE.Steps(normalizer: try normalizer())
    guard let step = preTokenizers.first else { return steps }
    guard preTokenizers.count == 1 else { throw unknown(preTokenizers[1]) }
    guard step["type"] == "Metaspace" else {
      let cut = try cut(step)
      // Gemma's cut at spaces, of which its normalizer leaves none.
      if case .behind(let mark) = cut, steps.normalizer.steps.last?.removes(mark) == true { return steps }
      steps.cuts = [cut]
      return steps
    }
    let mark = step["replacement"]?.string ?? "▁"
    let fallback = step["add_prefix_space"]?.bool == false ? "never" : "always"
    let name = step["prepend_scheme"]?.string ?? fallback
    guard mark.unicodeScalars.count == 1, let scheme = SentencePieceBPE.Metaspace.Scheme(rawValue: name)
    else {
      throw unsupported("Metaspace with \(mark) and prepend_scheme \(name)")
    }
    steps.metaspace = SentencePieceBPE.Metaspace(mark: Array(mark.utf8), scheme: scheme)
    if step["split"]?.bool ?? true { steps.cuts = [.before(Array(mark.utf8))] }
    return steps
  }

  /// `Replace`, `ByteFallback`, `Fuse` and `Strip` in this order, each where it is there; or `Metaspace`.
  private func decoding() throws(TokenizerError) -> SentencePieceBPE.Decoding {
    let json = self["decoder"]
    var steps = json["type"] == "Sequence" ? json["decoders"]?.array ?? [] : [json]
    func next(_ type: String) -> JSON? {
      guard let first = steps.first, first["type"]?.string == type else { return nil }
      return steps.removeFirst()
    }
    var decoding = SentencePieceBPE.Decoding(mark: [], hasByteTokens: false)
    if let step = next("Metaspace") {
      decoding.mark = Array((step["replacement"]?.string ?? "▁").utf8)
      let scheme = step["prepend_scheme"]?.string ?? "always"
      decoding.dropsMarksOfFirstToken = scheme != "never" && step["add_prefix_space"]?.bool != false
    } else {
      if let step = next("Replace") {
        guard let old = step["pattern"]?["String"]?.string, !old.isEmpty, let new = step["content"]?.string
        else {
          throw unsupported("the decoder Replace with the pattern \(step["pattern"] ?? .null)")
        }
        (decoding.mark, decoding.space) = (Array(old.utf8), Array(new.utf8))
      }
      decoding.hasByteTokens = next("ByteFallback") != nil
      let isFused = next("Fuse") != nil
      if let step = next("Strip") {
        let count = step["start"]?.int ?? 0
        guard isFused, step["content"] == " ", (0...1).contains(count), step["stop"]?.int ?? 0 == 0 else {
          throw unsupported(
            "the decoder Strip with \(step["start"] ?? .null) and \(step["content"] ?? .null)")
        }
        decoding.strippedSpaces = count
      }
    }
    if let rest = steps.first { throw unsupported("a decoder of type \(rest["type"] ?? .null)") }
    return decoding
  }
}

extension TextNormalizer.Step {
  /// Whether a text is nowhere left behind the step.
  fileprivate func removes(_ text: [UInt8]) -> Bool {
    guard case .replace(let old, let new) = self, let first = text.first else { return false }
    return old == text && !new.contains(first)
  }
}
