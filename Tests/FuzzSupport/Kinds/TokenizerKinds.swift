import LMCore

extension FuzzKind {
  /// vocab.json beside merges that fit the undamaged one.
  static let vocabulary = FuzzKind(
    "vocab", .json, seeds: [TokenizerSeeds.vocabulary, TokenizerSeeds.bareVocabulary]
  ) {
    input, random in
    let merges = random.isOneIn(2) ? TokenizerSeeds.merges : []
    let tokenizer = try TokenizerUse.make(input, merges)
    try TokenizerUse.exercise(tokenizer, isLossless: true, &random)
  }

  /// merges.txt beside a vocabulary that fits the undamaged one.
  static let merges = FuzzKind(
    "merges",
    .lines(words: ["Ġ", "t", "he", "#version: 0.2", "#", "Ġthe", "Ġa t", "in g", "Ã ©", "\u{C4}", "\r"]),
    seeds: [TokenizerSeeds.merges]
  ) { input, random in
    let tokenizer = try TokenizerUse.make(TokenizerSeeds.vocabulary, input)
    try TokenizerUse.exercise(tokenizer, isLossless: true, &random)
  }

  /// tokenizer.json, with added tokens that may take blanks along: ids are right, but bytes may be lost.
  static let tokenizerDocument = FuzzKind("tokenizer", .json, seeds: [TokenizerSeeds.document]) {
    input, random in
    let tokenizer = try input.withUnsafeBytes { try ByteLevelBPE(tokenizerJSON: $0) }
    try TokenizerUse.exercise(tokenizer, isLossless: false, &random)
  }

  /// A prompt of any bytes: its ids give the bytes back, and decoding piece by piece gives the same text as at once.
  static let prompt = FuzzKind(
    "prompt", .bytes,
    seeds: [
      SeedFiles.bytes("Once upon a time there was a king, who'd 3 daughters;  the\tyoungest…\n\n"),
      SeedFiles.bytes("<|endoftext|>日本語 العربية e\u{301}👩‍👩‍👧‍👦 ½ Ⅳ 'll '\u{2019}s \u{A0}\u{3000}x"),
      Array(0...255),
      SeedFiles.bytes(String(repeating: "aaaaaaaa", count: 40)),
      SeedFiles.bytes(String(repeating: " ", count: 100)),
    ]
  ) { input, random in
    try TokenizerUse.check(TokenizerSeeds.tokenizer, input, isLossless: true, &random)
  }
}

enum TokenizerSeeds {
  /// Enough for words, small enough to be read a thousand times a second.
  private static let mergeCount = 200

  static let merges: [UInt8] = {
    let all = SeedFiles.read("Sources/CStoryteller/Model/merges.txt")
    return Array(
      all.split(separator: UInt8(ascii: "\n")).prefix(mergeCount + 1).joined(separator: [UInt8(ascii: "\n")]))
  }()

  private static let members: [JSON.Member] = {
    let all = (try? JSON(parsing: SeedFiles.read("Sources/CStoryteller/Model/vocab.json")))?.members ?? []
    return all.filter { ($0.value.int ?? .max) < 256 + mergeCount || $0.name == "<|endoftext|>" }
  }()

  static let vocabulary = Array(JSON.object(members).description.utf8)
  /// The 256 bytes alone.
  static let bareVocabulary = Array(
    JSON.object(members.filter { ($0.value.int ?? 256) < 256 }).description.utf8)

  static let document: [UInt8] = {
    let lines = String(decoding: merges, as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    let special: JSON = [
      "id": JSON(456), "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": true,
      "normalized": false, "special": true,
    ]
    let word: JSON = [
      "id": JSON(457), "content": "king", "single_word": true, "lstrip": true, "rstrip": false,
      "normalized": true,
    ]
    let step: JSON = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
    ]
    let model: JSON = [
      "type": "BPE", "dropout": nil, "vocab": .object(members.filter { $0.name != "<|endoftext|>" }),
      "merges": JSON(lines),
    ]
    let document: JSON = [
      "version": "1.0", "added_tokens": [special, word], "normalizer": nil, "pre_tokenizer": step,
      "decoder": step,
      "model": model,
    ]
    return Array(document.description.utf8)
  }()

  static let tokenizer: ByteLevelBPE = {
    do { return try TokenizerUse.make(vocabulary, merges) } catch { preconditionFailure("\(error)") }
  }()
}

enum TokenizerUse {
  static func make(_ vocabulary: [UInt8], _ merges: [UInt8]) throws -> ByteLevelBPE {
    try vocabulary.withUnsafeBytes { vocabulary in
      try merges.withUnsafeBytes { try ByteLevelBPE(vocabularyJSON: vocabulary, mergesText: $0) }
    }
  }

  static func exercise(
    _ tokenizer: ByteLevelBPE, isLossless: Bool, _ random: inout RandomSource
  ) throws {
    let texts: [[UInt8]] = [
      Array("Once upon a time, the king<|endoftext|> said: 12 é".utf8), Array(0...255), random.bytes(60),
      Array(String(repeating: " the", count: 30).utf8),
    ]
    for text in texts { try check(tokenizer, text, isLossless: isLossless, &random) }
    let id = random.below(tokenizer.vocabularySize)
    if let text = tokenizer.name(of: id), isLossless {
      try require(tokenizer.id(ofName: text) != nil, "token \(id) is not found by its own text")
    }
    try require(
      tokenizer.bytes(of: -1) == nil && tokenizer.bytes(of: .max) == nil, "an id that no token has")
  }

  /// - Parameter isLossless: whether the ids must give the bytes back.
  static func check(
    _ tokenizer: ByteLevelBPE, _ text: [UInt8], isLossless: Bool, _ random: inout RandomSource
  ) throws {
    let ids = tokenizer.encode(bytes: text)
    try require(
      ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) }, "an id outside the vocabulary")
    let bytes = ids.flatMap { tokenizer.bytes(of: $0) ?? [] }
    if isLossless { try require(bytes == text, "the ids of \(text.prefix(40)) do not give the bytes back") }
    let whole = tokenizer.decode(ids)
    try require(
      whole.utf8.elementsEqual(String(decoding: bytes, as: UTF8.self).utf8), "another text than its bytes")
    var decoder = StreamingDecoder()
    var pieces = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = 1 + random.below(5)
      pieces += decoder.push(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    pieces += decoder.finish()
    try require(pieces.utf8.elementsEqual(whole.utf8), "decoding piece by piece gives another text")
    if let valid = String(validating: text, as: UTF8.self) {
      try require(tokenizer.encode(valid) == ids, "a text and its bytes have different ids")
    }
  }
}
