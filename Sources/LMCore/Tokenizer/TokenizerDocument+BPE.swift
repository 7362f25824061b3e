/// Byte pairs of tokenizer.json, of both kinds: over bytes, and over characters.
extension TokenizerDocument {
  struct BytePairs {
    let vocabulary: Vocabulary
    let merger: BytePairMerger
  }

  /// Whether bytes are merged, written in their alphabet; else characters are.
  var isByteLevel: Bool { preTokenizers.contains { $0["type"] == "ByteLevel" } }

  /// The steps of the pre-tokenizer, in order.
  var preTokenizers: [JSON] {
    let step = self["pre_tokenizer"]
    if step == .null { return [] }
    return step["type"] == "Sequence" ? step["pretokenizers"]?.array ?? [] : [step]
  }

  // MARK: Vocabulary and merges

  /// - Parameter readsUnknown: whether the file's token for unknown bytes counts.
  func bytePairs(_ spelling: Spelling, readsUnknown: Bool) throws(TokenizerError) -> BytePairs {
    for name in ["continuing_subword_prefix", "end_of_word_suffix", "dropout"] {
      let value = self[model: name]
      if value != .null, value != "", value.double != 0 { throw unsupported("\(name) \(value)") }
    }
    if spelling == .byteAlphabet, self[model: "byte_fallback"].bool == true {
      throw unsupported("byte_fallback over bytes")
    }
    let vocabulary = try vocabulary(spelling)
    guard var mergesScanner else {
      throw .unexpectedValue(file: file, place: "model.merges", expected: "a list of merges")
    }
    var merges = MergesReader(
      file: file, vocabulary: vocabulary, unknown: readsUnknown ? try unknownByte(in: vocabulary) : nil)
    try merges.readArray(from: &mergesScanner)
    return BytePairs(vocabulary: vocabulary, merger: merges.merger)
  }

  /// nil where the file names none.
  func unknownToken(in vocabulary: Vocabulary) throws(TokenizerError) -> BytePairMerger.Unknown? {
    guard let name = self[model: "unk_token"].string else { return nil }
    guard let id = vocabulary.id(ofText: Array(name.utf8)[...]) else {
      throw .unexpectedValue(file: file, place: "model.unk_token", expected: "a token of the vocabulary")
    }
    return BytePairMerger.Unknown(id: id, isFused: self[model: "fuse_unk"].bool ?? false)
  }

  /// nil also where every byte has a token.
  private func unknownByte(in vocabulary: Vocabulary) throws(TokenizerError) -> BytePairMerger.Unknown? {
    guard vocabulary.spelling == .byteAlphabet,
      (0...UInt8.max).contains(where: { vocabulary.id(ofBytes: [$0]) == nil })
    else { return nil }
    return try unknownToken(in: vocabulary)
  }

  // MARK: Steps before them

  func normalizer() throws(TokenizerError) -> TextNormalizer {
    TextNormalizer(steps: try normalizerSteps(self["normalizer"]))
  }

  private func normalizerSteps(_ json: JSON) throws(TokenizerError) -> [TextNormalizer.Step] {
    switch json["type"]?.string {
    case nil where json == .null: return []
    case "NFC": return [.nfc]
    case "Prepend":
      guard let text = json["prepend"]?.string else {
        throw .unexpectedValue(file: file, place: "normalizer.prepend", expected: "a text")
      }
      return [.prepend(Array(text.utf8))]
    case "Replace":
      guard let old = json["pattern"]?["String"]?.string, !old.isEmpty, let new = json["content"]?.string
      else {
        throw unsupported("the normalizer Replace with the pattern \(json["pattern"] ?? .null)")
      }
      return [.replace(Array(old.utf8), with: Array(new.utf8))]
    case "Sequence":
      var steps: [TextNormalizer.Step] = []
      for step in json["normalizers"]?.array ?? [] { steps += try normalizerSteps(step) }
      return steps
    default: throw unsupported("a normalizer of type \(json["type"] ?? .null)")
    }
  }

  /// The steps of a tokenizer over bytes. What is not known is refused.
  func byteSteps() throws(TokenizerError) -> ByteLevelBPE.Steps {
    var steps = ByteLevelBPE.Steps(normalizer: try normalizer(), cuts: [])
    steps.ignoresMerges = self[model: "ignore_merges"].bool ?? false
    guard let byteLevel = preTokenizers.last, byteLevel["type"] == "ByteLevel" else {
      throw unknown(self["pre_tokenizer"])
    }
    for step in preTokenizers.dropLast() { steps.cuts.append(try cut(step)) }
    // By itself, this step cuts as GPT-2 does.
    if byteLevel["use_regex"]?.bool ?? true { steps.cuts.append(.gpt2()) }
    steps.addsPrefixSpace = byteLevel["add_prefix_space"]?.bool ?? true
    // Behind a cut, every piece would be given a space.
    guard !steps.addsPrefixSpace || preTokenizers.count == 1 else {
      throw unsupported(
        "add_prefix_space behind a pre-tokenizer of type \(preTokenizers[0]["type"] ?? .null)")
    }
    return steps
  }

  /// One step of the pre-tokenizer that cuts.
  func cut(_ step: JSON) throws(TokenizerError) -> PieceCut {
    switch step["type"]?.string {
    case "Digits": return .runs(.numbers, longest: step["individual_digits"]?.bool == true ? 1 : .max)
    case "Split":
      let text = step["pattern"]?["String"]?.string
      let pattern = step["pattern"]?["Regex"]?.string ?? text ?? ""
      switch step["behavior"]?.string {
      case "Isolated" where step["invert"]?.bool != true:
        guard text == nil, let cut = PieceCut(isolating: pattern) else {
          throw unsupported("the pattern \(pattern)")
        }
        return cut
      case "MergedWithPrevious" where step["invert"]?.bool != true:
        guard let text, !text.isEmpty else { throw unsupported("the pattern \(pattern)") }
        return .behind(Array(text.utf8))
      default: throw unsupported("Split with the behavior \(step["behavior"] ?? .null)")
      }
    default: throw unknown(step)
    }
  }

  func unknown(_ step: JSON) -> TokenizerError {
    unsupported("a pre-tokenizer of type \(step["type"] ?? .null)")
  }
}
