import LMCore
import Presentation

extension Command {
  static let tokenize = Command(
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
        options: OptionGroup.model.options.filter { $0.name == "model" } + [
          Option("tokenizer", nil, "DIR", "a folder with vocab.json and merges.txt, or tokenizer.json") {
            options, value throws(UsageError) in options.tokenizerFolder = value.text
          }.offering(.folder),
          Option("decode", nil, "IDS", "the other way: the text of these ids, such as \"3666 12507\"") {
            options, value throws(UsageError) in options.idsToDecode = try value.tokenIDs()
          },
        ]),
      .output([.table, .json]),
    ],
    examples: [
      "gpt2-viz tokenize 'Once upon a time'", "gpt2-viz tokenize -f story.txt --format json",
      "gpt2-viz tokenize --decode '389 12 7'",
    ]
  ) { options, surroundings in
    let output = surroundings.output
    if let ids = options.idsToDecode {
      guard options.words.isEmpty, options.file == nil else {
        throw UsageError("--decode takes the place of TEXT; leave one of them out", command: "tokenize")
      }
      let tokenizer = try loadTokenizer(options, surroundings)
      try check(ids, against: tokenizer.vocabularySize)
      let text = tokenizer.decode(ids)
      let isJSON = options.format == .json
      return try output.writeLine(isJSON ? JSON.object([.init("text", JSON(text))]).description : text)
    }
    let text = try options.readText(for: "tokenize")
    let tokenizer = try loadTokenizer(options, surroundings)
    let ids = tokenizer.encode(text)
    if options.format == .json {
      let answer: JSON = [
        "ids": JSON(ids), "tokens": .array(ids.map { JSON(tokenizer.token(of: $0)) }),
        "pieces": .array(ids.map { JSON(tokenizer.piece(of: $0)) }),
      ]
      return try output.writeLine(answer.description)
    }
    var table = TextTable(columns: [.right("#"), .right("id"), .left("token"), .left("piece")])
    for (index, id) in ids.enumerated() {
      table.append([
        String(index), String(id), withoutControls(tokenizer.token(of: id) ?? "?", except: []),
        Optional(tokenizer).visiblePiece(of: id, glyphs: surroundings.glyphs),
      ])
    }
    try output.write(table.text)
    try output.writeLine("\(NumberFormat.grouped(ids.count)) \(ids.count == 1 ? "token" : "tokens")")
  }
}

/// Throws for the first id that is not in 0..<`vocabularySize`.
func check(_ ids: [Int], against vocabularySize: Int) throws(SessionError) {
  if let stranger = ids.first(where: { !(0..<vocabularySize).contains($0) }) {
    throw .tokenOutOfRange(id: stranger, vocabularySize: vocabularySize)
  }
}
