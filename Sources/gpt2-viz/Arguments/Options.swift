import LMCore
import Presentation

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

  /// Where the sampler starts from: what the config file and the environment say.
  private var startingSettings = SamplingSettings()
  var preset: SamplingPreset?
  /// The preset that was named last, as it was named.
  var presetName: String?
  /// The single knobs that were named; they win over the preset wherever they stand.
  var adjustments: [@Sendable (inout SamplingSettings) -> Void] = []
  var seed: UInt64?

  var format: Format?
  var color = ColorChoice.auto
  var isPlain = false
  var usesASCII = false
  var usesMouse = true
  var looksAhead = true
  /// `--no-save`
  var savesSession = true
  /// `--resume`
  var resumes = false

  /// `help --man`, `help --completions`
  var shellFile: ShellFile?
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

  /// The options of the command line, in order; for those the config file cannot know, too.
  var given: [GivenOption] = []

  var samplingSettings: SamplingSettings {
    var settings = preset?.settings ?? startingSettings
    // The order belongs to no strategy.
    settings.order = startingSettings.order
    for adjust in adjustments { adjust(&settings) }
    return settings
  }

  /// What was said so far yields to what follows: a preset that follows replaces it, whatever its knobs.
  mutating func closeLayer() {
    startingSettings = samplingSettings
    preset = nil
    adjustments = []
  }
}
