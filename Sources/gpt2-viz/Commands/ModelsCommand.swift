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
        The built-in model, each model in the cache of the Hugging Face hub that can be run, the model that
        -m or GPT2_VIZ_MODEL names (of a server the address alone: serve-check asks it), and each FOLDER that is a model or has folders in it that are, and GGUF
        files, with the reason where one cannot be used.
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
    found += cache.models().flatMap(ListedModel.all)
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

  /// A model behind a server, of which no more is known than where it is.
  init(serverAt address: String) {
    (name, path, byteCount, source) = (address, address, nil, .server)
  }

  /// A model in the cache, by the name that -m takes, or each of its GGUF files; none where it is of another kind.
  static func all(of cached: CachedModel) -> [ListedModel] {
    let revision = cached.revisions.contains("main") ? nil : cached.revisions.first ?? cached.commit
    let name = cached.id + (revision.map { "@" + $0 } ?? "")
    let files = GGUFModel.files(inSnapshot: cached.path)
    guard files.isEmpty else {
      return files.map { file in
        let name = files.count == 1 ? name : "\(name):\(file.word)"
        return ListedModel(cached: file.path, name: name, byteCount: nil)
      }
    }
    guard cached.family != nil else { return [] }
    let size = cached.byteCount
    return [ListedModel(cached: cached.path, name: name, byteCount: size, problem: cached.problem)]
  }

  private init(cached path: String, name: String, byteCount: Int?, problem: String? = nil) {
    (self.name, self.path, self.byteCount, self.problem) = (name, path, byteCount, problem)
    source = .cache
    guard problem == nil else { return }
    (profile, self.problem) = inspect(path, name: name, source: .cache)
  }

  /// A folder with a config.json, or a GGUF file.
  init(path: String, source: ModelProfile.Source) {
    (profile, problem) = inspect(path, source: source)
    name = profile?.name ?? path.split(separator: "/").last.map(String.init) ?? path
    self.path = profile?.path ?? path
    byteCount = nil
    self.source = source
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init("name", JSON(name)), .init("path", JSON(path)),
      .init("parameters", profile.map { JSON($0.parameterCount) } ?? .null),
      .init("dtype", JSON(profile?.dtype)),
      .init("bytes", (profile?.byteCount ?? byteCount).map { JSON($0) } ?? .null),
      .init("source", JSON(source?.rawValue)), .init("family", JSON(profile?.family)),
      .init("container", JSON(profile?.container)), .init("quantization", JSON(profile?.quantization)),
    ]
    if let problem { members.append(.init("problem", JSON(problem))) }
    return .object(members)
  }
}

/// The folder or file of -m, GPT2_VIZ_MODEL or the config file. One that cannot be used is listed with the reason: the list is
/// where a user looks for it.
private func chosenModel(_ options: ModelOptions, _ surroundings: Surroundings) -> ListedModel? {
  do {
    let listed: ListedModel
    switch try locateModel(options, surroundings) {
    case .builtIn, .cached: return nil
    case .server(let settings):
      // Not asked: a list of what is here must not wait for a server.
      return ListedModel(serverAt: settings.address.text)
    case .folder(let path): listed = ListedModel(path: path, source: .folder)
    case .file(let path): listed = ListedModel(path: path, source: .file)
    }
    guard listed.profile == nil, let path = listed.path else { return listed }
    return ListedModel(unusable: path, path: path, problem: listed.problem ?? "")
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
      "\(folder) is no model and has none in it: no config.json and no GGUF file there, nor in a folder directly below"
    }
  }
}

/// What the headers of the files say, and what cannot be used, as a sentence. A model whose vocabulary cannot be used has
/// a profile all the same: it takes ids.
private func inspect(
  _ path: String, name: String? = nil, source: ModelProfile.Source
) -> (profile: ModelProfile?, problem: String?) {
  var profile: ModelProfile?
  do {
    let files = try openModel(at: path)
    profile = try files.openModel(name: name, source: source).profile
    _ = try files.readTokenizer()
    return (profile, nil)
  } catch {
    return (profile, "\(error)")
  }
}

/// What makes a folder worth listing: a model, or the adapter of one.
private func isModel(_ folder: String) -> Bool {
  ["/config.json", "/adapter_config.json"].contains { access(folder + $0, F_OK) == 0 }
}

/// The model that a folder or a file is, or those in a folder and in the folders directly below it, by name.
private func listModels(in folder: String) throws -> [ListedModel] {
  if isModel(folder) { return [ListedModel(path: folder, source: .folder)] }
  let own = GGUFModel.files(at: folder).map { ListedModel(path: $0, source: .file) }
  if own.map(\.path) == [folder] { return own }
  let names: [String]
  do throws(FileSystemError) { names = try FileSystem.list(folder) } catch {
    throw ModelListError.unreadable(folder: folder, reason: error.reason)
  }
  let prefix = folder.hasSuffix("/") ? folder : folder + "/"
  let below = names.filter { !$0.hasPrefix(".") }.map { prefix + $0 }.flatMap { path -> [ListedModel] in
    if isModel(path) { return [ListedModel(path: path, source: .folder)] }
    return FileSystem.isDirectory(path)
      ? GGUFModel.files(at: path).map { ListedModel(path: $0, source: .file) } : []
  }
  guard !own.isEmpty || !below.isEmpty else { throw ModelListError.noModel(folder: folder) }
  return own + below
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
