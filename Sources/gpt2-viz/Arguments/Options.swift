import LMCore

/// Everything that the command line says, with the defaults for what it does not.
struct Options: Sendable {
  /// How results are written.
  enum Format: String, CaseIterable, Sendable { case text, table, json, jsonl, csv }

  /// What is asked for instead of the command's own work.
  enum Request: Sendable { case help, version }

  var request: Request?
  var isVerbose = false

  /// The words that are no options, in order.
  var words: [String] = []
  /// `-f`: where the text stands instead.
  var file: String?
  /// `--ids`: what stands for the text instead.
  var ids: [Int]?

  /// nil leaves the choice to the environment, then to the program.
  var model: String?
  var threads: Int?
  var precision = Precision.float32

  var preset: SamplingPreset?
  /// The single knobs that were named; they win over the preset wherever they stand.
  var adjustments: [@Sendable (inout SamplingSettings) -> Void] = []
  var seed: UInt64?

  var format: Format?
  var allowsColor = true
  var usesASCII = false
  var usesMouse = true
  var looksAhead = true
  /// `--no-save`
  var savesSession = true
  /// `--resume`
  var resumes = false

  /// `generate -n`
  var tokenCount = 50
  var stopsAtEndOfText = true
  /// `report -o`
  var outputFile: String?
  /// `report --step`
  var reportedStep: Int?
  /// `report --theme`
  var reportTheme = ReportTheme.auto
  /// `generate --trace-rows`
  var traceRowCount = Trace.defaultRowCount
  /// `next --top`
  var rowCount = 20
  /// `logits --all`
  var wantsAllPositions = false
  /// `--score`: the text to follow on the screen.
  var scoredFile: String?
  /// `lesson --print`
  var printsLesson = false
  /// `score --bos`
  var startsWithEndOfText = false
  /// `download --quiet`
  var isQuiet = false
  /// `tokenize --tokenizer`
  var tokenizerFolder: String?
  /// `tokenize --decode`
  var idsToDecode: [Int]?

  var samplingSettings: SamplingSettings {
    var settings = preset?.settings ?? SamplingSettings()
    for adjust in adjustments { adjust(&settings) }
    return settings
  }
}
