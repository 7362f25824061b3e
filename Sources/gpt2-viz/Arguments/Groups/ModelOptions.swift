import LMCore

/// Which model computes, and how.
struct ModelOptions: OptionValues {
  /// `-m`: a name, a folder or the address of a server; nil leaves the choice to the program.
  var name: String?
  /// nil leaves the choice to the program.
  var threads: Int?
  var precision = Precision.float32
  /// nil leaves the choice to the program.
  var context: Int?
  /// `--server-model`: of a server that has several.
  var serverModel: String?
  /// `--server-kind`; nil to ask the server.
  var serverKind: ServerKind?
  /// `--insecure`
  var allowsPlainHTTP = false
  /// `--tokenizer`
  var tokenizerFolder: String?
  /// The first of these four that stands on the command line. In the file and the environment they are defaults, for
  /// whenever a server is asked.
  var givenForServer: String?
  /// The first of the options of a model on this machine that stands on the command line.
  var givenForLocal: String?
}

extension OptionGroup {
  static let model = OptionGroup(
    title: "Model",
    options: [
      modelName,
      Option(
        "threads", nil, "N", "how many threads compute (default: as many as serve)", \ModelOptions.threads,
        shown: { $0.threads.map(String.init) }, unset: "as many as serve"
      ) { argument throws(UsageError) in try argument.integer(in: 1...ThreadPool.mostThreads) },
      Option(
        "precision", nil, "P",
        "f32, or int8: matrices in 8 bits, a quarter of the memory of float32 weights (f32)",
        \ModelOptions.precision, offering: .words(Precision.allCases.map(\.rawValue)),
        shown: { $0.precision.rawValue }
      ) { argument throws(UsageError) in try argument.choice(of: Precision.self) },
      Option(
        "context", nil, "N",
        "how many tokens a model on this machine can read (default: its own, at most 8192)",
        \ModelOptions.context, shown: { $0.context.map(String.init) }, unset: "the model's, at most 8192"
      ) { argument throws(UsageError) in try argument.integer(in: 1...(1 << 20)) },
    ] + serverOptions)

  /// The names of the options that a model on this machine takes alone.
  static let localOptionNames = ["threads", "precision", "context"]

  /// For a model behind a server.
  static let server = OptionGroup(title: "Server", options: serverOptions)

  private static let serverOptions = [
    Option(
      "server-model", nil, "NAME", "the model of a server that has several", \ModelOptions.serverModel,
      shown: { $0.serverModel }, unset: "the server's only one"
    ) { argument throws(UsageError) in argument.text },
    Option(
      "server-kind", nil, "KIND", "llama-server, vllm, sglang or openai (default: as the server says)",
      \ModelOptions.serverKind, offering: .words(ServerKind.allCases.map(\.rawValue)),
      shown: { $0.serverKind?.rawValue }, unset: "as the server says"
    ) { argument throws(UsageError) in try argument.choice(of: ServerKind.self) },
    Option(
      "tokenizer", nil, "DIR", "a folder with the model's tokenizer, in place of the server's",
      \ModelOptions.tokenizerFolder, offering: .file, shown: { $0.tokenizerFolder }, unset: "the server's"
    ) { argument throws(UsageError) in argument.text },
    Option(
      flag: "insecure", "ask a server on another machine without encryption", \ModelOptions.allowsPlainHTTP),
  ]

  /// For commands that compute nothing with the model.
  static let modelName = Option(
    "model", "m", "NAME|PATH|URL",
    "'storyteller', a downloaded model, a folder, a GGUF file, or a server's http://HOST:PORT (or set GPT2_VIZ_MODEL)",
    \ModelOptions.name, offering: .model, shown: { $0.name ?? ModelLocation.builtIn.name }
  ) { argument throws(UsageError) in
    guard !argument.text.isEmpty else { throw argument.refused("a model's name, path or server") }
    return argument.text
  }
}
