import LMCore

extension FuzzKind {
  /// vocab.json beside merges that fit the undamaged one.
  static let vocabulary = FuzzKind(
    "vocab", .json, seeds: [TokenizerSeeds.vocabulary, TokenizerSeeds.bareVocabulary]
  ) {
    input, random in
    let merges = random.isOneIn(2) ? TokenizerSeeds.merges : []
    let tokenizer = try TokenizerUse.make(input, merges)
    // A byte without a token is lost, and so is a token whose id the added one takes.
    let hasAllBytes = (0...UInt8.max).allSatisfy {
      tokenizer.bytes(of: tokenizer.encode(bytes: [$0])) == [$0]
    }
    let hasNoGaps = (0..<tokenizer.vocabularySize).allSatisfy { tokenizer.name(of: $0) != nil }
    try TokenizerUse.exercise(tokenizer, isLossless: hasAllBytes && hasNoGaps, &random)
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
    let tokenizer = try input.withUnsafeBytes { try TokenizerFolder.read(tokenizerJSON: $0) }
    try TokenizerUse.use(tokenizer, &random)
  }

  /// tokenizer.json of WordPiece.
  static let wordDocument = FuzzKind("word-tokenizer", .json, seeds: [TokenizerSeeds.wordDocument]) {
    input, random in
    let tokenizer = try input.withUnsafeBytes { try TokenizerFolder.read(tokenizerJSON: $0) }
    try TokenizerUse.use(tokenizer, &random)
  }

  /// tokenizer_config.json beside a tokenizer of two files, or of words.
  static let tokenizerSettings = FuzzKind(
    "tokenizer-config", .json, seeds: TokenizerSeeds.settings
  ) { input, random in
    let files =
      random.isOneIn(2)
      ? ["vocab.txt": TokenizerSeeds.words]
      : [
        "vocab.json": TokenizerSeeds.vocabulary, "merges.txt": TokenizerSeeds.merges,
        "special_tokens_map.json": SeedFiles.bytes(
          #"{"eos_token":{"content":"king","lstrip":true},"pad_token":"[PAD]"}"#),
        "added_tokens.json": SeedFiles.bytes(#"{"[PAD]":457,"upon":3}"#),
      ]
    try TokenizerUse.read(files.merging(["tokenizer_config.json": input]) { $1 }, &random)
  }

  /// vocab.txt of BertTokenizer.
  static let wordVocabulary = FuzzKind(
    "vocab-txt", .lines(words: ["[UNK]", "##s", "\u{3000}", "the", "好"]), seeds: [TokenizerSeeds.words]
  ) { input, random in
    let settings = SeedFiles.bytes(#"{"tokenizer_class":"BertTokenizer"}"#)
    try TokenizerUse.read(["vocab.txt": input, "tokenizer_config.json": settings], &random)
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
    return all.filter { ($0.value.int ?? .max) < 256 + mergeCount || $0.name == "<|endoftext|>" }.map {
      // Right behind the others: an added token takes an id that is left out.
      JSON.Member($0.name, ($0.value.int ?? 0) < 256 + mergeCount ? $0.value : JSON(256 + mergeCount))
    }
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

  static let words = SeedFiles.bytes(
    [
      "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "once", "upon", "a", "##a", "time", ",", "the", "king",
      "##s", "好",
    ]
    .joined(separator: "\n"))

  static let wordDocument: [UInt8] = {
    let texts = String(decoding: words, as: UTF8.self).split(separator: "\n").map(String.init)
    let vocabulary = texts.enumerated().map { JSON.Member($1, JSON($0)) }
    let special: JSON = [
      "id": JSON(4), "content": "[MASK]", "lstrip": true, "normalized": false, "special": true,
    ]
    let piece: JSON = ["SpecialToken": ["id": "[CLS]", "type_id": JSON(0)]]
    let document: JSON = [
      "version": "1.0", "added_tokens": [special],
      "normalizer": [
        "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": nil,
        "lowercase": true,
      ],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "post_processor": [
        "type": "TemplateProcessing", "single": [piece, ["Sequence": ["id": "A", "type_id": JSON(0)]]],
        "special_tokens": ["[CLS]": ["id": "[CLS]", "ids": JSON([2]), "tokens": ["[CLS]"]]],
      ],
      "decoder": ["type": "WordPiece", "prefix": "##", "cleanup": true],
      "model": [
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": JSON(100), "vocab": .object(vocabulary),
      ],
    ]
    return Array(document.description.utf8)
  }()

  static let settings: [[UInt8]] = [
    SeedFiles.bytes(
      #"{"tokenizer_class":"GPT2Tokenizer","add_prefix_space":true,"add_bos_token":true,"bos_token":"king","pad_token":null,"added_tokens_decoder":{"456":{"content":"<|endoftext|>","special":true},"9":{"content":"time","lstrip":true,"rstrip":true,"single_word":true}},"extra_special_tokens":["upon",{"__type":"AddedToken","content":"é","normalized":true}]}"#
    ),
    SeedFiles.bytes(
      #"{"tokenizer_class":"BertTokenizer","do_lower_case":false,"strip_accents":true,"tokenize_chinese_chars":null,"cls_token":"a","additional_special_tokens":["Once"],"best_loss":NaN}"#
    ),
  ]

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

  /// Reads a tokenizer from the files of a folder.
  static func read(_ files: [String: [UInt8]], _ random: inout RandomSource) throws {
    let folder = files.keys.sorted().joined(separator: "-")
    ScratchFolder.makeFolder(folder)
    for (name, bytes) in files { try ScratchFolder.write(folder + "/" + name, bytes) }
    try use(try TokenizerFolder.read(ScratchFolder.path + "/" + folder), &random)
  }

  /// Ids lie in the vocabulary and have bytes; a text without tokens for its words is an error, and nothing else is.
  static func use(_ tokenizer: any Tokenizer, _ random: inout RandomSource) throws {
    let texts = [
      "Once upon a time, the king<|endoftext|> said: 12 é\u{301}[MASK] 好", " \u{0} \u{3000}\n",
      String(decoding: random.bytes(60), as: UTF8.self), String(repeating: "aé", count: 120), "",
    ]
    for text in texts {
      let ids: [Int]
      do { ids = try tokenizer.encode(text) } catch TokenizerError.noUnknownToken { continue }
      // A template names ids that the vocabulary may lack.
      try require(ids.allSatisfy { $0 >= 0 && $0 <= 1 << 21 }, "an id outside every vocabulary")
      let bytes = tokenizer.bytes(of: ids)
      let pieces = ids.flatMap { tokenizer.bytes(of: $0) ?? [] }
      // A byte that is no character by itself becomes U+FFFD.
      try require(bytes.count <= 3 * pieces.count + 4, "the whole is longer than its parts")
      try checkStream(tokenizer, ids)
      for id in ids {
        try require((tokenizer.name(of: id) == nil) == (tokenizer.bytes(of: id) == nil), "half a token")
      }
    }
    try require(
      tokenizer.bytes(of: -1) == nil && tokenizer.bytes(of: .max) == nil, "an id that no token has")
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
