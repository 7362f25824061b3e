import CStoryteller

extension GPT2Model {
  /// Opens a folder in Hugging Face layout.
  ///
  /// - Parameter progress: called with 0...1 as the weights come in from the disk, and are turned into 8 bits.
  /// - Throws: `ModelDirectoryError`, `ConfigurationError`, `FileError`, `SafetensorsError`, `CheckpointError` or
  ///   `KernelsError`; each describes itself in one sentence.
  public static func load(
    directory: String, threads: Int = 0, kernels: Kernels? = nil, precision: Precision = .float32,
    progress: (Double) -> Void = { _ in }
  ) throws -> GPT2Model {
    try load(
      ModelDirectory(path: directory), threads: threads, kernels: kernels, precision: precision,
      progress: progress)
  }

  static func load(
    _ folder: ModelDirectory, name: String? = nil, source: ModelProfile.Source = .folder, threads: Int,
    kernels: Kernels? = nil, precision: Precision = .float32, progress: (Double) -> Void
  ) throws -> GPT2Model {
    let checkpoint = try folder.openCheckpoint()
    let name = name ?? folder.path.split(separator: "/").last.map(String.init) ?? folder.path
    let model = try GPT2Model(
      checkpoint, folder.configuration, name: name, path: folder.path, source: source, threads: threads,
      kernels: kernels, precision: precision, progress: progress)
    if precision == .float32 { checkpoint.readAhead(progress) }
    return model
  }

  /// The storyteller, whose weights are part of the program and are used where they lie.
  public static func loadBuiltIn(
    threads: Int = 0, kernels: Kernels? = nil, precision: Precision = .float32
  ) throws -> GPT2Model {
    let configuration = BuiltInModel.bytes(storyteller_config)
    let file = try SafetensorsFile(
      bytes: BuiltInModel.bytes(storyteller_weights), name: "storyteller's weights")
    return try GPT2Model(
      Checkpoint(file: file),
      GPT2Configuration(json: JSON(parsing: configuration), file: "storyteller's config.json"),
      name: BuiltInModel.name, path: nil, source: .builtIn, threads: threads, kernels: kernels,
      precision: precision)
  }
}

/// The files of the built-in model.
enum BuiltInModel {
  static let name = "storyteller"

  static func bytes(
    _ file: (UnsafeMutablePointer<Int>?) -> UnsafePointer<UInt8>?
  ) -> UnsafeRawBufferPointer {
    var size = 0
    let start = file(&size)
    return UnsafeRawBufferPointer(start: start, count: size)
  }
}
