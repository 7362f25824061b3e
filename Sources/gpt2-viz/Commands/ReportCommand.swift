import LMCore

extension Command {
  static let report = Command(
    "report", "one picture of a session, from its trace",
    synopsis: ["report FILE -o OUT.html|OUT.svg [options]"],
    details: """
      FILE is a trace: what w writes in the visualizer, or 'generate --format jsonl'. The picture
      shows the text coloured by rank, one decision before and after the sampler chain, the course of
      the session, and its loop. It is one file that needs no script and fetches nothing. Without -o
      it is HTML on standard output.
      """,
    groups: [
      OptionGroup(
        title: "Picture",
        options: [
          Option("output", "o", "OUT", "the file to write, ending in .html or .svg") {
            options, value throws(UsageError) in
            guard ReportFormat(path: value.text) != nil else {
              throw value.refused("a file name that ends in .html or .svg")
            }
            options.outputFile = value.text
          }.offering(.file),
          Option("step", nil, "N", "the step whose decision is drawn (the most surprising one)") {
            options, value throws(UsageError) in options.reportedStep = try value.integer(atLeast: 1)
          },
          Option("theme", nil, "THEME", "light, dark or auto: as the reader's system is (auto)") {
            options, value throws(UsageError) in
            guard let theme = ReportTheme(rawValue: value.text) else {
              throw value.refused(inWords(ReportTheme.allCases.map(\.rawValue)))
            }
            options.reportTheme = theme
          }.offering(.words(ReportTheme.allCases.map(\.rawValue))),
        ])
    ],
    examples: [
      "gpt2-viz report story.jsonl -o story.html", "gpt2-viz report story.jsonl -o story.svg --step 12",
    ], words: .file
  ) { options, surroundings in
    let content = try ReportContent(try options.readTrace(for: "report"), step: options.reportedStep)
    let style = ReportStyle(theme: options.reportTheme)
    let format = options.outputFile.flatMap { ReportFormat(path: $0) } ?? .html
    let markup =
      switch format {
      case .html: ReportPage(content: content, style: style).markup
      case .svg: ReportPicture(content: content, style: style).markup
      }
    guard let path = options.outputFile else { return try surroundings.output.write(markup) }
    try OutputFile.write(markup, to: path)
  }
}

/// What a report is written as.
enum ReportFormat: String, CaseIterable {
  case html, svg

  init?(path: String) {
    let name = path.lowercased()
    guard let format = Self.allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) else { return nil }
    self = format
  }
}
