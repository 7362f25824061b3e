import CStoryteller

extension StoredModel {
  /// The storyteller, whose weights are part of the program and are used where they lie.
  package static func builtIn() throws -> StoredModel {
    let metadata = try ModelMetadata(
      json: JSON(parsing: BuiltInModel.bytes(storyteller_config)), file: "storyteller's config.json")
    let family = try ModelFamily.of(metadata)
    let file = try SafetensorsFile(
      bytes: BuiltInModel.bytes(storyteller_weights), name: "storyteller's weights")
    return try StoredModel(
      Checkpoint(file: file), family.blueprint(metadata), family, name: BuiltInModel.name, path: nil,
      source: .builtIn)
  }
}

extension Transformer {
  /// Opens a folder in Hugging Face layout, or a GGUF file.
  ///
  /// - Parameter progress: called with 0...1 as the weights come in from the disk, and are turned into 8 bits.
  /// - Throws: `ModelDirectoryError`, `ConfigurationError`, `FileError`, `SafetensorsError`, `CheckpointError`, `GGUFError`,
  ///   `MemoryError` or `KernelsError`; each describes itself in one sentence.
  package static func load(
    directory: String, threads: Int = 0, kernels: Kernels? = nil, precision: Precision = .float32,
    progress: (Double) -> Void = { _ in }
  ) throws -> Transformer {
    try load(
      openModel(at: directory).openModel(name: nil, source: .folder), threads: threads, kernels: kernels,
      precision: precision,
      progress: progress)
  }

  static func load(
    _ stored: StoredModel, threads: Int, kernels: Kernels? = nil, precision: Precision,
    progress: (Double) -> Void
  ) throws -> Transformer {
    let model = try Transformer(
      stored, threads: threads, kernels: kernels, precision: precision, progress: progress)
    if precision == .float32 { stored.checkpoint.readAhead(progress) }
    return model
  }

  /// The storyteller.
  package static func loadBuiltIn(
    threads: Int = 0, kernels: Kernels? = nil, precision: Precision = .float32
  ) throws -> Transformer {
    try Transformer(.builtIn(), threads: threads, kernels: kernels, precision: precision)
  }
}

/// The files of the built-in model.
package enum BuiltInModel {
  package static let name = "storyteller"

  static func bytes(
    _ file: (UnsafeMutablePointer<Int>?) -> UnsafePointer<UInt8>?
  ) -> UnsafeRawBufferPointer {
    var size = 0
    let start = file(&size)
    return UnsafeRawBufferPointer(start: start, count: size)
  }
}
