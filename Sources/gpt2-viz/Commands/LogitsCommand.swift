import LMCore

/// Of which positions `logits` writes.
struct PositionOptions: OptionValues {
  /// `--all`
  var wantsAll = false
}

struct LogitsOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let positions: PositionOptions

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    positions = call[PositionOptions.self]
  }
}

extension Command {
  static let logits = Command(
    CommandDescription(
      "logits", "the model's raw logits",
      synopsis: ["logits PROMPT [options]", "logits --ids IDS [options]"],
      details: """
        The answer: {"ids":[...],"shape":[1,V],"logits":[...]} with the logits that follow the last
        token, or for --all {"ids":[...],"shape":[n,V],"logits":[[...],...]}. Every number has the
        digits that restore the 32-bit float exactly, read as a float or as a double: 'filter' of
        the answer is 'next' of the prompt.
        """,
      groups: [
        .textOrIDs, .model,
        .output(
          [.json], [Option(flag: "all", "the logits after every token", \PositionOptions.wantsAll)]),
      ],
      examples: ["gpt2-viz logits 'Once upon a time'", "gpt2-viz logits --ids '389 12 7' --all"]
    )
  ) { (options: LogitsOptions, surroundings) in
    let prompt = try options.text.readPrompt(options.words, for: "logits")
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.ids(of: prompt)
    let output = surroundings.output
    let vocabularySize = loaded.profile.vocabularySize
    let count = options.positions.wantsAll ? ids.count : 1
    let predictor = try loaded.requireLocal()
    var row: [Float] = []
    // Row by row: the logits of a long prompt as one text would take gigabytes.
    let head = "\"ids\":\(JSON(ids)),\"shape\":\(JSON([count, vocabularySize]))"
    if options.positions.wantsAll {
      try loaded.checkLength(of: ids)
      try output.write("{\(head),\"logits\":[")
      try predictor.predictEach(of: ids, exactly: true) { position, prediction in
        predictor.computeLogits(of: [prediction], into: &row)
        try output.write((position == 0 ? "" : ",") + JSON.array(row.map { JSON(exactly: $0) }).description)
      }
      try output.writeLine("]}")
    } else {
      predictor.computeLogits(of: [try loaded.prediction(behind: ids)], into: &row)
      try output.writeLine("{\(head),\"logits\":\(JSON.array(row.map { JSON(exactly: $0) }))}")
    }
  }
}
