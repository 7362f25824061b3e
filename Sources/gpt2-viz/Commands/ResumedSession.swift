import Glibc
import LMCore
import Visualizer

extension OptionGroup {
  /// What becomes of the session when the program does not end as it should.
  static let saving = OptionGroup(
    title: "Saved session",
    options: [
      Option(flag: "resume", "go on with the session that broke off last") { $0.resumes = true },
      Option(flag: "no-save", "do not save the session as it goes") { $0.savesSession = false }
        .configurable(\.savesSession, isOn: false),
    ])
}

/// There is no session to go on with.
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
func resumeVisualizer(_ options: Options, _ surroundings: Surroundings) throws {
  guard options.words.isEmpty, options.ids == nil, options.file == nil, options.scoredFile == nil else {
    throw UsageError("--resume brings its own text; leave the prompt out")
  }
  guard let store = try SessionStore(environment: surroundings.environment) else {
    throw ResumeError.noFolder
  }
  guard let crash = try store.crashedSession(), let lane = crash.session.lanes.first else {
    throw ResumeError.nothingSaved(directory: store.directory)
  }
  var named = options
  named.model = options.model ?? crash.session.model
  if options.precision == .float32 { named.precision = crash.session.precision }
  let location = try locateModel(named, surroundings)
  var start = VisualizerStart(
    prompt: Prompt(crash.session), settings: lane.next.settings, seed: lane.next.draw.seed)
  start.saver = SessionSaver(
    store, model: location.savedName, precision: named.precision, crash: crash)
  try openVisualizer(start, location, named, surroundings)
}

/// What saves the session of this run; nil where there is no folder for it.
///
/// - Parameter report: is told of an earlier session that cannot be read.
func makeSaver(
  _ location: ModelLocation, _ options: Options, _ surroundings: Surroundings,
  report: (SavedSessionError) -> Void
) throws(SessionStoreError) -> SessionSaver? {
  guard let store = try SessionStore(environment: surroundings.environment) else { return nil }
  var crash: CrashedSession?
  do throws(SavedSessionError) { crash = try store.crashedSession() } catch { report(error) }
  return SessionSaver(store, model: location.savedName, precision: options.precision, crash: crash)
}

extension ModelLocation {
  /// What `-m` finds it by from any folder.
  var savedName: String {
    guard case .folder(let path) = self, let whole = realpath(path, nil) else { return name }
    defer { free(whole) }
    return String(cString: whole)
  }
}
