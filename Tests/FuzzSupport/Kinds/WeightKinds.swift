import LMCore

extension FuzzKind {
  /// The table of contents of a safetensors file: what is accepted tiles the file without gap or overlap.
  static let safetensorsHeader = FuzzKind(
    "safetensors-header", .safetensors,
    seeds: ["plain", "f16", "unaligned", "masks-bool-prefix"].map { SeedFiles.readModel($0) }
  ) { input, _ in
    try input.withUnsafeBytes { bytes in
      let header = try SafetensorsHeader(bytes: bytes, file: "model.safetensors")
      try require((8...input.count).contains(header.dataStart), "the data begin outside the file")
      let tensors = header.tensors.values.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
      var position = 0
      for tensor in tensors {
        try require(tensor.begin == position && tensor.end >= tensor.begin, "a gap or an overlap is accepted")
        position = tensor.end
      }
      try require(header.dataStart + position == input.count, "bytes belong to no tensor")
      let file = try SafetensorsFile(bytes: bytes, name: "model.safetensors")
      for name in header.tensors.keys { _ = try file.bytes(of: name) }
    }
  }

  /// Damaged weights under a configuration that is in order: where they load, the model makes steps.
  static let weights = FuzzKind(
    "weights", .safetensors,
    seeds: WeightSeeds.names.map { SeedFiles.readModel($0) }
  ) { input, random in
    try input.withUnsafeBytes { bytes in
      // Which configuration a file had is lost; most differ in its element types alone.
      let file = try SafetensorsFile(bytes: bytes, name: "model.safetensors")
      let metadata = try ModelMetadata(json: WeightSeeds.configuration, file: "config.json")
      let family = try ModelFamily.of(metadata)
      let stored = try StoredModel(
        Checkpoint(file: file), family.blueprint(metadata), family, name: "tiny", path: nil, source: .folder)
      let model = try Transformer(stored, threads: 1, precision: random.isOneIn(4) ? .int8 : .float32)
      try ModelUse.exercise(model, &random)
    }
  }
}

enum WeightSeeds {
  /// Models of one configuration.
  static let names = [
    "plain", "f16", "bf16", "mixed-types", "unaligned", "unaligned-f16", "masks-u8", "prefix",
  ]

  static let configuration = (try? JSON(parsing: SeedFiles.readModel("plain", "config.json"))) ?? [:]
}
