import LMCore
import Visualizer

/// Why there is no session to resume.
enum ResumeError: Error, Equatable, CustomStringConvertible {
  case nothingSaved(directory: String)
  case noFolder

  var description: String {
    switch self {
    case .nothingSaved(let directory):
      "no session is kept in \(directory); a text of at least one step is kept when you quit"
    case .noFolder: "there is no folder for saved sessions; set XDG_STATE_HOME or HOME"
    }
  }
}

/// Opens the screen where the session that was kept last stood; with a model, the last one of this model.
func resumeVisualizer(_ options: VisualizerCommandOptions, _ surroundings: Surroundings) throws {
  guard !options.hasPrompt, !options.text.hasReading, options.humanText.file == nil else {
    throw UsageError("--resume brings its own text; leave the prompt and its options out")
  }
  guard
    try options.comparison.lanes(
      beside: SamplingSettings(), own: [], followsText: false
    ).settings.count == 1
  else {
    throw UsageError("--resume brings its own texts; leave --compare out")
  }
  guard let store = try SessionStore(environment: surroundings.environment) else {
    throw ResumeError.noFolder
  }
  var model = options.model
  let wanted = try model.name.map { _ in try locateModel(model, surroundings).savedName }
  let kept = try store.newestKept().flatMap { newest in
    wanted == nil || newest.session.model == wanted
      ? newest : store.keptSessions.first { $0.session.model == wanted }
  }
  guard let kept, let lane = kept.session.lanes.first else {
    throw ResumeError.nothingSaved(directory: store.directory)
  }
  model.name = model.name ?? kept.session.model
  if model.precision == .float32 { model.precision = kept.session.precision }
  if let server = kept.session.server {
    model.serverKind = model.serverKind ?? server.kind
    model.serverModel = model.serverModel ?? server.name
    model.tokenizerFolder = model.tokenizerFolder ?? server.tokenizerFolder
  }
  let location = try locateModel(model, surroundings)
  var start = VisualizerStart(
    prompt: Prompt(kept.session), settings: [lane.next.settings], seed: lane.next.draw.seed)
  start.ownPresets = options.sampler.ownPresets
  start.saver = SessionSaver(
    store, model: location.savedName, precision: model.precision, newest: kept)
  try openVisualizer(start, location, model, options.screen, options.saving, surroundings)
}

/// The saver of this run's session; nil where there is no folder for it.
///
/// - Parameters:
///   - offersKept: the session that was kept last is read, to be offered.
///   - report: is told that it cannot be read.
func makeSaver(
  _ location: ModelLocation, _ precision: Precision, keepsTexts: Bool, offersKept: Bool,
  _ surroundings: Surroundings, report: (SavedSessionError) -> Void
) throws(SessionStoreError) -> SessionSaver? {
  guard let store = try SessionStore(environment: surroundings.environment) else { return nil }
  var newest: KeptSession?
  if offersKept {
    do throws(SavedSessionError) { newest = try store.newestKept() } catch { report(error) }
  }
  return SessionSaver(
    store, model: location.savedName, precision: precision, newest: newest, keepsTexts: keepsTexts)
}

extension ModelLocation {
  /// A name for `-m` that does not depend on the working directory.
  var savedName: String {
    switch self {
    case .builtIn, .cached: return name
    case .server(let settings): return settings.address.text
    case .folder(let path), .file(let path): return FileSystem.absolute(path)
    }
  }
}
