import LMCore

extension FuzzKind {
  /// Any JSON text: what is read can be written, and reads the same again.
  static let json = FuzzKind(
    "json", .json,
    seeds: [
      SeedFiles.readModel("plain", "config.json"),
      SeedFiles.readModel("sharded", "model.safetensors.index.json"),
      SeedFiles.bytes(#"{"a":[1,-0,1.5e-3,"\u00e9\ud83d\ude00\n"],"b":{"c":null,"d":true},"":[[],{}]}"#),
    ]
  ) { input, _ in
    let value = try JSON(parsing: input)
    let text = value.description
    try require((try? JSON(parsing: text)) == value, "a document changes when it is written and read again")
    try require(
      !text.unicodeScalars.contains { $0.properties.generalCategory == .control },
      "a document is written with a control character")
  }
}
