import LMCore

struct ServeCheckOptions: CommandOptions {
  let words: [String]
  let model: ModelOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, model, output) = (call.words, call[ModelOptions.self], call[OutputOptions.self])
  }
}

extension Command {
  static let serveCheck = Command(
    CommandDescription(
      "serve-check", "what a server that runs a model can tell",
      synopsis: ["serve-check URL [options]"],
      details: """
        Asks the server what it runs, how many ranks of a distribution it tells, whether ids go in and
        bytes come out, whether two lanes go in one request, and what a step takes, in medians of a few
        steps. Nothing is changed there. -m URL then opens the same screen as for a model on this machine.
        The key of the server is GPT2_VIZ_SERVER_KEY.
        """,
      groups: [.server, .output([.table, .json])],
      examples: [
        "gpt2-viz serve-check http://127.0.0.1:8080",
        "gpt2-viz serve-check http://127.0.0.1:8080 --format json",
      ], wordLimit: nil
    )
  ) { (options: ServeCheckOptions, surroundings) in
    guard options.words.count == 1, let url = options.words.first, ServerAddress.isMeant(by: url) else {
      throw UsageError(
        "serve-check takes the address of one server, such as http://127.0.0.1:8080", command: "serve-check")
    }
    var model = options.model
    model.name = url
    guard case .server(let settings) = try locateModel(model, surroundings) else { return }
    let line = ProgressLine("Asking " + settings.address.host)
    defer { line.erase() }
    let served = try ServedModel.open(
      settings, environment: surroundings.environment, report: reportWait)
    let start = try served.tokenizer.encode("Once upon a time")
    let check = try served.predictor.checkServer(behind: start) { line.show($0) }
    line.erase()
    for note in served.notes { reportMessage("gpt2-viz: \(note)") }
    let report = ServerReport(
      check: check, profile: served.predictor.profile, address: settings.address.text,
      tokenizerFolder: settings.tokenizerFolder)
    if options.output.format == .json {
      try surroundings.output.writeLine(report.json.description)
    } else {
      try surroundings.output.write(report.table)
    }
  }
}
