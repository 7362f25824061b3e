import LMCore

/// Which model computes, and how.
struct ModelOptions: OptionValues {
  /// `-m`: a name or a folder; nil leaves the choice to the program.
  var name: String?
  /// nil leaves the choice to the program.
  var threads: Int?
  var precision = Precision.float32
  /// nil leaves the choice to the program.
  var context: Int?
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
        "context", nil, "N", "how many tokens can be read (default: the model's, at most 8192)",
        \ModelOptions.context, shown: { $0.context.map(String.init) }, unset: "the model's, at most 8192"
      ) { argument throws(UsageError) in try argument.integer(in: 1...(1 << 20)) },
    ])

  /// For commands that compute nothing with the model.
  static let modelName = Option(
    "model", "m", "NAME|PATH",
    "'storyteller', a downloaded model, a folder or a GGUF file (or set GPT2_VIZ_MODEL)",
    \ModelOptions.name, offering: .model, shown: { $0.name ?? ModelLocation.builtIn.name }
  ) { argument throws(UsageError) in
    guard !argument.text.isEmpty else { throw argument.refused("a model's name or path") }
    return argument.text
  }
}
