import Glibc
import LMCore

struct ModelsOptions: CommandOptions {
  let words: [String]
  let model: ModelOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, model, output) = (call.words, call[ModelOptions.self], call[OutputOptions.self])
  }
}

extension Command {
  static let models = Command(
    CommandDescription(
      "models", "the models that are here", synopsis: ["models [FOLDER...] [options]"],
      details: """
        The built-in model, each GPT-2 in the cache of the Hugging Face hub, the model that -m or
        GPT2_VIZ_MODEL names, and each FOLDER that is a checkpoint or has folders in it that are, with the
        reason where one cannot be used.
        """,
      groups: [
        OptionGroup(title: "Model", options: [OptionGroup.modelName]),
        .output([.table, .json]),
      ],
      examples: ["gpt2-viz models", "gpt2-viz models ~/models --format json"], wordLimit: nil, words: .folder
    )
  ) { (options: ModelsOptions, surroundings) in
    var found = [ListedModel(try StoredModel.builtIn().profile)]
    let cache = HubCache(environment: surroundings.environment)
    found += cache.models().filter { $0.family != nil }.map(ListedModel.init)
    var named = try options.words.flatMap(listModels)
    if let model = chosenModel(options.model, surroundings) { named.insert(model, at: 0) }
    for model in named where model.path == nil || !found.contains(where: { $0.path == model.path }) {
      found.append(model)
    }
    if options.output.format == .json {
      try surroundings.output.writeLine(JSON.object([.init("models", .array(found.map(\.json)))]).description)
    } else {
      try surroundings.output.write(table(found))
    }
    // The models found before are listed all the same.
    if let obstacle = cache.obstacle() { throw CacheObstacle(description: obstacle) }
  }
}

private struct CacheObstacle: Error, CustomStringConvertible {
  let description: String
}

/// A row of the list: a model on this machine, usable or not.
private struct ListedModel {
  let name: String
  let path: String?
  /// nil, like `source`, where nothing was found under the name.
  let byteCount: Int?
  let source: ModelProfile.Source?
  /// nil where the weights cannot be opened.
  var profile: ModelProfile?
  var problem: String?

  init(_ profile: ModelProfile) {
    name = profile.name
    path = profile.path
    byteCount = profile.byteCount
    source = profile.source
    self.profile = profile
  }

  /// What -m or the environment names, and why it cannot be used.
  init(unusable name: String, path: String?, problem: String) {
    (self.name, self.path, self.problem) = (name, path, problem)
    byteCount = nil
    source = path == nil ? nil : .folder
  }

  /// Its name is what -m takes.
  init(_ cached: CachedModel) {
    let revision = cached.revisions.contains("main") ? nil : cached.revisions.first ?? cached.commit
    name = cached.id + (revision.map { "@" + $0 } ?? "")
    path = cached.path
    byteCount = cached.byteCount
    source = .cache
    problem = cached.problem
    guard problem == nil else { return }
    (profile, problem) = inspect(folder: cached.path, name: name, source: .cache)
  }

  /// A folder with a config.json.
  init(folder path: String) {
    (profile, problem) = inspect(folder: path)
    name = profile?.name ?? path.split(separator: "/").last.map(String.init) ?? path
    self.path = profile?.path ?? path
    byteCount = nil
    source = .folder
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init("name", JSON(name)), .init("path", JSON(path)),
      .init("parameters", profile.map { JSON($0.parameterCount) } ?? .null),
      .init("dtype", JSON(profile?.dtype)),
      .init("bytes", (profile?.byteCount ?? byteCount).map { JSON($0) } ?? .null),
      .init("source", JSON(source?.rawValue)),
    ]
    if let problem { members.append(.init("problem", JSON(problem))) }
    return .object(members)
  }
}

/// The folder of -m, GPT2_VIZ_MODEL or the config file. One that cannot be used is listed with the reason: the list is
/// where a user looks for it.
private func chosenModel(_ options: ModelOptions, _ surroundings: Surroundings) -> ListedModel? {
  do {
    guard case .folder(let path) = try locateModel(options, surroundings) else { return nil }
    let listed = ListedModel(folder: path)
    return listed.profile == nil
      ? ListedModel(unusable: path, path: path, problem: listed.problem ?? "") : listed
  } catch {
    let name = options.name ?? surroundings.variable("GPT2_VIZ_MODEL") ?? ""
    return ListedModel(unusable: name, path: nil, problem: "\(error)")
  }
}

/// Why a folder of the command line lists nothing.
enum ModelListError: Error, Equatable, CustomStringConvertible {
  case unreadable(folder: String, reason: String)
  case noModel(folder: String)

  var description: String {
    switch self {
    case .unreadable(let folder, let reason):
      "cannot read the folder \(folder): \(reason)"
    case .noModel(let folder):
      "\(folder) is no model and has none in it: no config.json there, nor in a folder directly below"
    }
  }
}

/// What the headers of the files say, and what cannot be used, as a sentence. A model whose vocabulary cannot be used has
/// a profile all the same: it takes ids.
private func inspect(
  folder path: String, name: String? = nil, source: ModelProfile.Source = .folder
) -> (profile: ModelProfile?, problem: String?) {
  var profile: ModelProfile?
  do {
    let directory = try ModelDirectory(path: path)
    profile = try directory.openModel(name: name, source: source).profile
    _ = try directory.readTokenizer()
    return (profile, nil)
  } catch {
    return (profile, "\(error)")
  }
}

/// What makes a folder worth listing: a model, or the adapter of one.
private func isModel(_ folder: String) -> Bool {
  ["/config.json", "/adapter_config.json"].contains { access(folder + $0, F_OK) == 0 }
}

/// The model that a folder is, or the models in the folders directly below it, by name.
private func listModels(in folder: String) throws -> [ListedModel] {
  if isModel(folder) { return [ListedModel(folder: folder)] }
  let names: [String]
  do throws(FileSystemError) { names = try FileSystem.list(folder) } catch {
    throw ModelListError.unreadable(folder: folder, reason: error.reason)
  }
  let prefix = folder.hasSuffix("/") ? folder : folder + "/"
  let candidates = names.filter { !$0.hasPrefix(".") }.map { prefix + $0 }
    .filter(isModel)
  guard !candidates.isEmpty else { throw ModelListError.noModel(folder: folder) }
  return candidates.map { ListedModel(folder: $0) }
}

private func table(_ models: [ListedModel]) -> String {
  var table = TextTable(columns: [
    .left("name"), .right("parameters"), .left("stored as"), .right("size"), .left("source"), .left("path"),
  ])
  for model in models {
    table.append([
      withoutControls(model.name, except: []),
      model.profile.map { NumberFormat.abbreviated($0.parameterCount) } ?? "",
      model.profile?.dtype ?? "",
      (model.profile?.byteCount ?? model.byteCount).map(NumberFormat.bytes) ?? "",
      model.source?.rawValue ?? "",
      withoutControls(
        model.problem.map { (model.profile == nil ? "unusable: " : "ids only: ") + $0 } ?? model.path ?? "",
        except: []),
    ])
  }
  return table.text
}
