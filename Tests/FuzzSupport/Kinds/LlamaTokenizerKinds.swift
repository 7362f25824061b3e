import LMCore

extension FuzzKind {
  private static func kind(_ file: String) -> [UInt8] {
    SeedFiles.read("Tests/LMCoreTests/Fixtures/tokenizer/kinds/" + file)
  }

  /// tokenizer.json over characters, with byte fallback.
  static let characterDocument = FuzzKind(
    "character-tokenizer", .json,
    seeds: ["llama2", "llama2-first", "gemma", "unknown"].map { kind($0 + ".json") }
  ) { input, random in
    let tokenizer = try input.withUnsafeBytes { try TokenizerFolder.read(tokenizerJSON: $0) }
    try TokenizerUse.use(tokenizer, &random)
  }

  /// tokenizer.json over bytes, with the steps of later models.
  static let byteDocument = FuzzKind(
    "byte-tokenizer", .json, seeds: ["llama3", "qwen2", "smollm"].map { kind($0 + ".json") }
  ) { input, random in
    let tokenizer = try input.withUnsafeBytes { try TokenizerFolder.read(tokenizerJSON: $0) }
    try TokenizerUse.use(tokenizer, &random)
  }

  /// The keys of a tokenizer in a GGUF file.
  static let ggufTokenizer = FuzzKind(
    "gguf-tokenizer", .gguf, seeds: ["llama3", "qwen2", "llama2", "gemma"].map { kind($0 + ".gguf") }
  ) { input, random in
    try input.withUnsafeBytes { bytes in
      let file = try GGUFFile(bytes: bytes, name: "model.gguf")
      let tokenizer = try GGUFTokenizer.read(file.metadata)
      try TokenizerUse.use(tokenizer, &random)
      try require(
        tokenizer.special.ends.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) },
        "a text ends with a token that is not there")
    }
  }

  /// A chat template, in a GGUF file's key: a text, or a sentence that says why there is none.
  static let chatTemplate = FuzzKind(
    "chat-template",
    .lines(words: [
      "{%", "%}", "{{", "}}", "-%}", "{%-", "if", "for", "in", "set", "else", "endif", "endfor",
      "messages[0]['role']",
      "message.content", "loop.first", "| trim", "is defined", "'\\n'", "namespace(a=1)", "ns.a", "[1:]", "~",
      "+ 1",
      "not", "(", ")", "range(9)", ".split('a')", "{#", "#}",
    ]), seeds: templates
  ) { input, random in
    let message = ChatMessage("Hi", system: random.isOneIn(2) ? "Be brief." : nil)
    let text = try ChatTemplate(
      String(decoding: input, as: UTF8.self), tokens: ["bos_token": "<s>", "eos_token": "</s>"]
    ).text(message)
    try require(text.utf8.count <= 1 << 25, "a text without end")
  }

  private static let templates: [[UInt8]] = {
    let all =
      (try? JSON(parsing: SeedFiles.read("Tests/LMCoreTests/Fixtures/tokenizer/chat.json")))?.array ?? []
    return all.compactMap { $0["template"]?.string }.map { Array($0.utf8) }
  }()
}

extension TokenizerUse {
  /// What a stream gives piece by piece is the text of all tokens.
  static func checkStream(_ tokenizer: any Tokenizer, _ ids: [Int]) throws {
    var stream = TokenStream(tokenizer)
    let pieces = ids.map { stream.push($0) }.joined() + stream.finish()
    try require(
      pieces.utf8.elementsEqual(tokenizer.decode(ids).utf8), "decoding token by token gives another text")
  }
}
