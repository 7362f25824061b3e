import LMCore

/// What `report` draws, and where to.
struct PictureOptions: OptionValues {
  /// `-o`; nil is standard output.
  var file: String?
  /// From 1; nil is the most surprising one.
  var step: Int?
  var theme = ReportTheme.auto
}

struct ReportOptions: CommandOptions {
  let words: [String]
  let picture: PictureOptions

  init(_ call: CommandCall) { (words, picture) = (call.words, call[PictureOptions.self]) }
}

extension Command {
  static let report = Command(
    CommandDescription(
      "report", "one picture of a session, from its trace",
      synopsis: ["report FILE -o OUT.html|OUT.svg [options]"],
      details: """
        FILE is a trace: what w writes in the visualizer, or 'generate --format jsonl', or that of a beam search,
        'beam --format jsonl'. The picture shows the text coloured by rank, one decision before and after the
        sampler chain, the course of the session, and its loop; of a comparison both texts; of a beam search the
        best text, the finished ones with their scores, the tree of the beams, the continuations of one step and
        what becomes of each, and every step. It is one file that needs no script and fetches nothing. Without -o it
        is HTML on standard output.
        """,
      groups: [
        OptionGroup(
          title: "Picture",
          options: [
            Option(
              "output", "o", "OUT", "the file to write, ending in .html or .svg", \PictureOptions.file,
              offering: .file
            ) { argument throws(UsageError) in
              guard ReportFormat(path: argument.text) != nil else {
                throw argument.refused("a file name that ends in .html or .svg")
              }
              return argument.text
            },
            Option(
              "step", nil, "N",
              "the step whose decision is drawn (the most surprising one; of beams the one where most die)",
              \PictureOptions.step
            ) { argument throws(UsageError) in try argument.integer(atLeast: 1) },
            Option(
              "theme", nil, "THEME", "light, dark or auto: as the reader's system is (auto)",
              \PictureOptions.theme, offering: .words(ReportTheme.allCases.map(\.rawValue))
            ) { argument throws(UsageError) in try argument.choice(of: ReportTheme.self) },
          ])
      ],
      examples: [
        "gpt2-viz report story.jsonl -o story.html", "gpt2-viz report story.jsonl -o story.svg --step 12",
      ], words: .file
    )
  ) { (options: ReportOptions, surroundings) in
    let style = ReportStyle(theme: options.picture.theme)
    if let path = options.picture.file { try OutputFile.check(path) }
    let format = options.picture.file.flatMap { ReportFormat(path: $0) } ?? .html
    let markup: String
    switch try TraceContent.read(options.words.first, for: "report") {
    case .texts(let traces):
      let lanes = try ReportContent.lanes(traces, step: options.picture.step)
      switch format {
      case .html: markup = ReportPage(lanes: lanes, style: style).markup
      case .svg: markup = ReportPicture(lanes: lanes, style: style).markup
      }
    case .beams(let trace):
      let content = try BeamReportContent(trace, step: options.picture.step)
      switch format {
      case .html: markup = BeamReportPage(content: content, style: style).markup
      case .svg: markup = BeamReportPage(content: content, style: style).picture
      }
    }
    guard let path = options.picture.file else { return try surroundings.output.write(markup) }
    try OutputFile.write(markup, to: path)
  }
}

/// The file format of a report.
enum ReportFormat: String, CaseIterable {
  case html, svg

  init?(path: String) {
    let name = path.lowercased()
    guard let format = Self.allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) else { return nil }
    self = format
  }
}
