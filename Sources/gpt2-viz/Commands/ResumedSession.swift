import Glibc
import LMCore
import Visualizer

/// Why there is no session to resume.
enum ResumeError: Error, Equatable, CustomStringConvertible {
  case nothingSaved(directory: String)
  case noFolder

  var description: String {
    switch self {
    case .nothingSaved(let directory):
      "no session broke off, so there is none to resume in \(directory); a session that was quit is not kept"
    case .noFolder: "there is no folder for saved sessions; set XDG_STATE_HOME or HOME"
    }
  }
}

/// Opens the screen where the session that broke off last stood.
func resumeVisualizer(_ options: VisualizerCommandOptions, _ surroundings: Surroundings) throws {
  guard !options.hasPrompt, options.humanText.file == nil else {
    throw UsageError("--resume brings its own text; leave the prompt out")
  }
  guard let store = try SessionStore(environment: surroundings.environment) else {
    throw ResumeError.noFolder
  }
  guard let crash = try store.crashedSession(), let lane = crash.session.lanes.first else {
    throw ResumeError.nothingSaved(directory: store.directory)
  }
  var model = options.model
  model.name = model.name ?? crash.session.model
  if model.precision == .float32 { model.precision = crash.session.precision }
  let location = try locateModel(model, surroundings)
  var start = VisualizerStart(
    prompt: Prompt(crash.session), settings: lane.next.settings, seed: lane.next.draw.seed)
  start.saver = SessionSaver(
    store, model: location.savedName, precision: model.precision, crash: crash)
  try openVisualizer(start, location, model, options.screen, options.saving, surroundings)
}

/// The saver of this run's session; nil where there is no folder for it.
///
/// - Parameter report: is told of an earlier session that cannot be read.
func makeSaver(
  _ location: ModelLocation, _ precision: Precision, _ surroundings: Surroundings,
  report: (SavedSessionError) -> Void
) throws(SessionStoreError) -> SessionSaver? {
  guard let store = try SessionStore(environment: surroundings.environment) else { return nil }
  var crash: CrashedSession?
  do throws(SavedSessionError) { crash = try store.crashedSession() } catch { report(error) }
  return SessionSaver(store, model: location.savedName, precision: precision, crash: crash)
}

extension ModelLocation {
  /// A name for `-m` that does not depend on the working directory.
  var savedName: String {
    guard case .folder(let path) = self, let whole = realpath(path, nil) else { return name }
    defer { free(whole) }
    return String(cString: whole)
  }
}
