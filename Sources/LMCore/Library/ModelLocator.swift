import Glibc

/// Where a model is.
public enum ModelLocation: Equatable, Sendable {
  case builtIn
  case folder(path: String)
  /// A GGUF file.
  case file(path: String)
  /// In the cache of the Hugging Face hub, under a name there.
  case cached(name: String, path: String)
  /// Behind a server.
  case server(ServerSettings)

  /// What to call it before it is loaded.
  public var name: String {
    switch self {
    case .builtIn: BuiltInModel.name
    case .folder(let path), .file(let path): path
    case .cached(let name, _): name
    case .server(let settings): settings.address.host
    }
  }

  /// What the model is called once it is loaded.
  public var modelName: String {
    switch self {
    case .builtIn, .cached, .server: name
    case .folder(let path), .file(let path): GGUFModel.name(of: path)
    }
  }

  /// The folder with its files, or the file; nil for the built-in model, and for one behind a server.
  public var path: String? {
    switch self {
    case .builtIn, .server: nil
    case .folder(let path), .file(let path), .cached(_, let path): path
    }
  }
}

/// Finds the model that a name or path means.
public enum ModelLocator {
  /// In the order of transformers: a folder or GGUF file that is there, else a model in the cache.
  ///
  /// - Parameters:
  ///   - name: `storyteller`, the address of a server, a folder, a GGUF file, or `gpt2`, `organisation/name`,
  ///     `organisation/name@revision`, each with `:Q4_K_M` or a file's name behind it for one of several GGUF files; nil for the default.
  ///   - cache: where downloaded models are.
  public static func resolve(
    _ name: String?, in cache: HubCache = HubCache()
  ) throws(ModelLocatorError) -> ModelLocation {
    guard let name, name != BuiltInModel.name else { return .builtIn }
    guard !name.isEmpty else { throw .unknown(name: name) }
    if ServerAddress.isMeant(by: name) {
      do throws(ServerError) { return .server(ServerSettings(try ServerAddress(name))) } catch {
        throw .server(error)
      }
    }
    if let kind = ModelDirectory.kind(of: name) {
      return kind == S_IFDIR ? .folder(path: name) : .file(path: name)
    }
    if looksLikeServer(name) { throw .server(.notAnAddress(name)) }
    let reference = ModelReference(name)
    // No model on the hub is called so, and a folder hardly.
    if reference.weights == nil, name.lowercased().hasSuffix(".gguf") { throw .noFile(path: name) }
    guard RepositoryID(reference.id) != nil else {
      // A path that leads nowhere: the folder's own error says so.
      if name.contains("/") { return .folder(path: name) }
      throw .unknown(name: name)
    }
    guard let path = cache.snapshot(for: reference.id, revision: reference.revision ?? "main") else {
      if let obstacle = cache.obstacle(for: reference.id) { throw .cacheUnreadable(obstacle) }
      throw .notCached(name: name, cache: cache.directory)
    }
    guard let weights = reference.weights else { return .cached(name: name, path: path) }
    let choice = GGUFChoice(among: FileSystem.names(in: path))
    let files = choice.matching(weights)
    guard let file = files.first, files.count == 1 else {
      throw .noSuchFile(name: name, names: choice.names)
    }
    return .cached(name: name, path: path + "/" + file)
  }

  /// "127.0.0.1:8080", "localhost:8080", "ftp://host/": an address, but not one of http.
  private static func looksLikeServer(_ name: String) -> Bool {
    if name.contains("://") { return true }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let port = Int(parts[1].prefix { $0 != "/" }), (1...65535).contains(port) else {
      return false
    }
    return parts[0] == "localhost" || parts[0].contains(".") && !parts[0].contains("/")
  }
}

/// No model has the name.
public enum ModelLocatorError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(name: String)
  /// A path of a GGUF file that leads nowhere.
  case noFile(path: String)
  /// It may be the name of a model on the hub, but `cache` does not have it.
  case notCached(name: String, cache: String)
  /// A sentence of `HubCache.obstacle`.
  case cacheUnreadable(String)
  /// The address of a server that cannot be used.
  case server(ServerError)
  /// The model is in the cache, but no GGUF file of it is meant, or several are. `names` are words that name one.
  case noSuchFile(name: String, names: [String])

  public var description: String {
    switch self {
    case .unknown(let name):
      "There is no model \"\(ForeignText.line(name, limit: 120))\": it is neither the built-in \"\(BuiltInModel.name)\" nor a folder or file here."
    case .noFile(let path):
      "There is no file \(ForeignText.line(path, limit: 120)); give the path of a GGUF file that is here, or 'NAME:QUANTIZATION' for one that was downloaded."
    case .cacheUnreadable(let sentence): sentence
    case .server(let error): error.description
    case .noSuchFile(let name, let names):
      "There is no model \"\(ForeignText.line(name, limit: 120))\": its files in the cache are "
        + (names.isEmpty ? "no GGUF files" : names.map { ForeignText.line($0) }.joined(separator: ", "))
        + "; 'gpt2-viz download \(ForeignText.line(name, limit: 120))' fetches another."
    case .notCached(let name, let cache):
      "There is no model \"\(ForeignText.line(name, limit: 120))\": it is neither the built-in \"\(BuiltInModel.name)\", nor a folder or file here, nor in "
        + "the cache \(cache); 'gpt2-viz download \(ForeignText.line(name, limit: 120))' fetches a model of that name from the hub."
    }
  }
}
