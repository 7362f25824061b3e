import LMCore
import Presentation

/// Whose vocabulary `tokenize` reads, and in which direction.
struct VocabularyOptions: OptionValues {
  /// `--tokenizer`
  var path: String?
  /// `--decode`
  var idsToDecode: [Int]?
}

struct TokenizeOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let vocabulary: VocabularyOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (vocabulary, output) = (call[VocabularyOptions.self], call[OutputOptions.self])
  }

  /// What the vocabulary's model is called.
  func modelName(_ surroundings: Surroundings) throws -> String {
    try vocabulary.path.map { GGUFModel.name(of: $0) } ?? locateModel(model, surroundings).modelName
  }

  func loadTokenizer(_ surroundings: Surroundings) throws -> any Tokenizer {
    if let path = vocabulary.path { return try TokenizerFolder.read(folderOrFile: path) }
    return try gpt2_viz.loadTokenizer(model, surroundings)
  }
}

extension Command {
  static let tokenize = Command(
    CommandDescription(
      "tokenize", "the tokens and ids of a text",
      synopsis: ["tokenize TEXT [options]", "tokenize --decode IDS [options]"],
      details: """
        Tokens are shown in the vocabulary's own alphabet, in which Ġ stands for a space and Ċ for
        a line feed; pieces are the text they stand for. Nothing is trimmed from TEXT.
        """,
      groups: [
        .text,
        OptionGroup(
          title: "Vocabulary",
          options: [
            OptionGroup.modelName,
            Option(
              "tokenizer", nil, "DIR|FILE",
              "a folder with tokenizer.json, vocab.json and merges.txt, or vocab.txt; or a GGUF file",
              \VocabularyOptions.path, offering: .folder
            ) { argument throws(UsageError) in argument.text },
            Option(
              "decode", nil, "IDS", "the other way: the text of these ids, such as \"3666 12507\"",
              \VocabularyOptions.idsToDecode
            ) { argument throws(UsageError) in try argument.tokenIDs() },
          ]),
        .output([.table, .json]),
      ],
      examples: [
        "gpt2-viz tokenize 'Once upon a time'", "gpt2-viz tokenize -f story.txt --format json",
        "gpt2-viz tokenize --decode '389 12 7'",
      ]
    )
  ) { (options: TokenizeOptions, surroundings) in
    let output = surroundings.output
    if let ids = options.vocabulary.idsToDecode {
      guard options.words.isEmpty, options.text.file == nil else {
        throw UsageError("--decode takes the place of TEXT; leave one of them out", command: "tokenize")
      }
      guard !options.text.hasReading else {
        throw UsageError(
          "--decode needs no --chat, --system or --special; leave them out", command: "tokenize")
      }
      let tokenizer = try options.loadTokenizer(surroundings)
      try checkIDs(ids, against: tokenizer.vocabularySize)
      let text = tokenizer.decode(ids)
      let isJSON = options.output.format == .json
      return try output.writeLine(isJSON ? JSON.object([.init("text", JSON(text))]).description : text)
    }
    let prompt = try options.text.readPrompt(options.words, for: "tokenize", called: "TEXT")
    let tokenizer = try options.loadTokenizer(surroundings)
    let ids = try tokenizer.ids(ofText: prompt, model: options.modelName(surroundings))
    if options.output.format == .json {
      let answer: JSON = [
        "ids": JSON(ids), "tokens": .array(ids.map { JSON(tokenizer.name(of: $0)) }),
        "pieces": .array(ids.map { JSON(tokenizer.text(of: $0)) }),
      ]
      return try output.writeLine(answer.description)
    }
    var table = TextTable(columns: [.right("#"), .right("id"), .left("token"), .left("piece")])
    for (index, id) in ids.enumerated() {
      table.append([
        String(index), String(id), withoutControls(tokenizer.name(of: id) ?? "?", except: []),
        visiblePiece(of: id, tokenizer, glyphs: surroundings.glyphs),
      ])
    }
    try output.write(table.text)
    try output.writeLine("\(NumberFormat.grouped(ids.count)) \(ids.count == 1 ? "token" : "tokens")")
  }
}
