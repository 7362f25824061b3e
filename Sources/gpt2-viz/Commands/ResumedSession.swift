import Glibc
import LMCore
import Visualizer

extension OptionGroup {
  /// What becomes of the session when the program does not end as it should.
  static let saving = OptionGroup(
    title: "Saved session",
    options: [
      Option(flag: "resume", "go on with the session that broke off last") { $0.resumes = true },
      Option(flag: "no-save", "do not save the session as it goes") { $0.savesSession = false },
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
  guard let session = try store.crashedSession(), let lane = session.lanes.first else {
    throw ResumeError.nothingSaved(directory: store.directory)
  }
  var named = options
  named.model = options.model ?? session.model
  let location = try locateModel(named, surroundings)
  var start = VisualizerStart(prompt: Prompt(session), settings: lane.settings, seed: lane.draw.seed)
  start.saver = SessionSaver(store, model: location.savedName, resumed: session)
  try openVisualizer(start, location, options, surroundings)
}

extension ModelLocation {
  /// What `-m` finds it by from any folder.
  var savedName: String {
    guard case .folder(let path) = self, let whole = realpath(path, nil) else { return name }
    defer { free(whole) }
    return String(cString: whole)
  }
}
