import Testing

@testable import LMCore

/// What the families read from config.json: defaults, both generations of transformers, and what they refuse.
@Suite struct FamilySettingsTests {
  private static let sizes =
    #""hidden_size":64,"num_hidden_layers":12,"num_attention_heads":32,"intermediate_size":96,"vocab_size":99"#

  private static func read(_ type: String, _ more: String = "", sizes: String = sizes) throws -> Blueprint {
    let text = "{\"model_type\":\"\(type)\",\(sizes)\(more.isEmpty ? "" : ",")\(more)}"
    let metadata = try ModelMetadata(json: JSON(parsing: text), file: "config.json")
    return try ModelFamily.of(metadata).blueprint(metadata)
  }

  private static func error(_ type: String, _ more: String, sizes: String = sizes) -> ConfigurationError? {
    do {
      _ = try read(type, more, sizes: sizes)
      return nil
    } catch { return error as? ConfigurationError }
  }

  struct Defaults: CustomTestStringConvertible, Sendable {
    let type: String
    let keyValueHeads: Int
    let headWidth: Int
    let base: Float
    let contextLength: Int
    let window: Int?
    var activation = ActivationFunction.silu
    var tiesOutput = false
    var testDescription: String { type }
  }

  @Test(arguments: [
    Defaults(
      type: "llama", keyValueHeads: 32, headWidth: 2, base: 1e4, contextLength: 2048, window: nil),
    Defaults(
      type: "mistral", keyValueHeads: 8, headWidth: 2, base: 1e4, contextLength: 131_072, window: 4096),
    Defaults(
      type: "qwen2", keyValueHeads: 32, headWidth: 2, base: 1e4, contextLength: 32_768, window: nil),
    Defaults(
      type: "qwen3", keyValueHeads: 32, headWidth: 128, base: 1e4, contextLength: 32_768, window: nil),
    Defaults(
      type: "gemma3_text", keyValueHeads: 4, headWidth: 256, base: 1e4, contextLength: 131_072, window: 4096,
      activation: .geluTanh, tiesOutput: true),
    Defaults(
      type: "gpt_neox", keyValueHeads: 32, headWidth: 2, base: 1e4, contextLength: 2048, window: nil,
      activation: .gelu),
  ])
  func silenceMeansTransformersDefaults(_ defaults: Defaults) throws {
    let blueprint = try Self.read(defaults.type)
    #expect(blueprint.keyValueHeadCount == defaults.keyValueHeads)
    #expect(blueprint.headWidth == defaults.headWidth)
    #expect(blueprint.contextLength == defaults.contextLength)
    #expect(blueprint.activation == defaults.activation)
    #expect(blueprint.tiesOutput == defaults.tiesOutput)
    #expect(blueprint.normEpsilon == (defaults.type == "gpt_neox" ? 1e-5 : 1e-6))
    #expect(blueprint.layers[0].window == defaults.window)
    // A quarter of two numbers is none.
    #expect(blueprint.layers[0].rotary?.base == (defaults.type == "gpt_neox" ? nil : defaults.base))
    #expect(blueprint.layerCount == 12)
    #expect(blueprint.endOfText == [])
  }

  @Test func nullIsNotSilence() throws {
    let null = #""num_key_value_heads":null,"sliding_window":null,"head_dim":null"#
    #expect(try Self.read("mistral", null).keyValueHeadCount == 32)
    #expect(try Self.read("mistral", null).layers.allSatisfy { $0.window == nil })
    #expect(try Self.read("mistral", null).headWidth == 2)
    #expect(try Self.read("qwen2", null).keyValueHeadCount == 32)
    #expect(try Self.read("qwen3", null).headWidth == 128)
  }

  @Test func gemmaHasTwoRotationsAndAPattern() throws {
    func kinds(_ more: String) throws -> [Bool] {
      try Self.read("gemma3_text", more).layers.map { $0.window != nil }
    }
    func every(_ nth: Int) -> [Bool] { (1...12).map { layer in layer % nth != 0 } }
    #expect(try kinds("") == every(6))
    #expect(try kinds(#""sliding_window_pattern":4"#) == every(4))
    // The name with a dash is not read, and layer_types counts more than a pattern.
    #expect(try kinds(#""_sliding_window_pattern":4"#) == every(6))
    let names = ["full_attention", "sliding_attention"].map { "\"\($0)\"" }
    let types: [String] = Array(repeating: names[0], count: 3) + Array(repeating: names[1], count: 9)
    let list = "\"layer_types\":[\(types.joined(separator: ","))],\"sliding_window_pattern\":4"
    let expected: [Bool] = Array(repeating: false, count: 3) + Array(repeating: true, count: 9)
    #expect(try kinds(list) == expected)

    let silent = try Self.read("gemma3_text")
    #expect(silent.layers[0].rotary?.base == 1e4)
    #expect(silent.layers[5].rotary?.base == 1e6)
    #expect(silent.attentionScale == 1.0 / 16)
    #expect(silent.embeddingScale == 8)
    #expect(silent.logitCap == nil)
    let old = try Self.read(
      "gemma3_text",
      #""rope_theta":5e5,"rope_local_base_freq":77,"rope_scaling":{"rope_type":"linear","factor":8},"query_pre_attn_scalar":64"#
    )
    #expect(old.layers[5].rotary?.base == 5e5)
    #expect(old.layers[5].rotary?.scaling == .linear(factor: 8))
    #expect(old.layers[0].rotary?.base == 77)
    #expect(old.layers[0].rotary?.scaling == Rotary.Scaling.none)
    #expect(old.attentionScale == 0.125)
    let new = try Self.read(
      "gemma3_text",
      #""rope_parameters":{"full_attention":{"rope_theta":5,"rope_type":"default"},"sliding_attention":null},"final_logit_softcapping":30"#
    )
    #expect(new.layers[5].rotary?.base == 5)
    #expect(new.layers[0].rotary?.base == 1e4)
    #expect(new.logitCap == 30)
  }

  @Test func bothGenerationsTellTheSameRotation() throws {
    let scaling =
      #""factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192,"rope_type":"llama3""#
    let old = try Self.read("llama", "\"rope_theta\":5e5,\"rope_scaling\":{\(scaling)}")
    let new = try Self.read("llama", "\"rope_parameters\":{\"rope_theta\":5e5,\(scaling)}")
    #expect(old == new)
    #expect(old.layers[0].rotary?.base == 5e5)
    #expect(old.layers[0].rotary?.scaling == .llama3(factor: 8, low: 1, high: 4, trainedLength: 8192))
    // A theta in the table counts more; one beside a table without counts; an empty table is none.
    #expect(
      try Self.read("llama", #""rope_theta":7,"rope_parameters":{"rope_theta":9}"#).layers[0].rotary?.base
        == 9)
    #expect(
      try Self.read("llama", #""rope_theta":7,"rope_parameters":{"rope_type":"default"},"rope_scaling":{}"#)
        .layers[0].rotary?.base == 7)
    // The length of training, where nothing tells it, is the context.
    let silent = try Self.read(
      "llama",
      #""rope_scaling":{"factor":8,"low_freq_factor":1,"high_freq_factor":4,"type":"llama3"},"max_position_embeddings":77"#
    )
    #expect(silent.layers[0].rotary?.scaling == .llama3(factor: 8, low: 1, high: 4, trainedLength: 77))
  }

  @Test func windowsOfQwen() throws {
    func windows(_ more: String) throws -> [Int] {
      try Self.read("qwen3", more).layers.map { $0.window ?? 0 }
    }
    let (off, on) = (#""sliding_window":9"#, #""sliding_window":9,"use_sliding_window":true"#)
    let none = [Int](repeating: 0, count: 12)
    #expect(try windows(off + #","max_window_layers":2"#) == none)
    #expect(try windows(on + #","max_window_layers":10"#) == none.dropLast(2) + [9, 9])
    #expect(try windows(on + #","max_window_layers":0"#) == [Int](repeating: 9, count: 12))
    #expect(try windows(on) == none, "from layer 28 on")
    let silent = #""use_sliding_window":true,"max_window_layers":11"#
    #expect(try windows(silent) == none.dropLast() + [4096])
  }

  @Test func biases() throws {
    #expect(try Self.read("llama").biases == [])
    #expect(
      try Self.read("llama", #""attention_bias":true,"mlp_bias":true"#).biases
        == [.queries, .keys, .values, .attentionOutput, .gate, .up, .down])
    #expect(try Self.read("mistral", #""attention_bias":true"#).biases == [])
    #expect(try Self.read("qwen2").biases == [.queries, .keys, .values])
    #expect(try Self.read("qwen3").biases == [])
    #expect(
      try Self.read("gpt_neox", #""attention_bias":false"#).biases == [
        .norm1, .norm2, .finalNorm, .up, .down,
      ])
  }

  @Test(arguments: [
    ("llama", #""rope_scaling":{"rope_type":"yarn","factor":4}"#, "rope_scaling.rope_type", "\"yarn\""),
    ("llama", #""rope_scaling":{"type":"dynamic","factor":4}"#, "rope_scaling.type", "\"dynamic\""),
    ("qwen2", #""rope_parameters":{"rope_type":"longrope"}"#, "rope_parameters.rope_type", "\"longrope\""),
    ("qwen2", #""rope_scaling":{"type":"default","mrope_section":[1]}"#, "rope_scaling.mrope_section", "[1]"),
    ("llama", #""partial_rotary_factor":0.5"#, "partial_rotary_factor", "0.5"),
    ("llama", #""is_causal":false"#, "is_causal", "false"),
    ("gemma3_text", #""use_bidirectional_attention":true"#, "use_bidirectional_attention", "true"),
    ("gemma3_text", #""rope_parameters":{"rope_theta":3}"#, "rope_parameters.rope_theta", "3"),
    (
      "llama", #""rope_parameters":{"full_attention":{"rope_theta":3}}"#, "rope_parameters.full_attention", ""
    ),
    (
      "gpt_neox", #""rotary_pct":1,"rope_scaling":{"type":"dynamic","factor":4}"#, "rope_scaling.type",
      "\"dynamic\""
    ),
  ])
  func whatIsNotComputedIsRefusedByName(_ type: String, _ more: String, _ key: String, _ value: String) {
    guard case .unsupported(_, let named, let shown) = Self.error(type, more) else {
      Issue.record("\(more) gives \(String(describing: Self.error(type, more)))")
      return
    }
    #expect(named == key)
    #expect(value.isEmpty || shown == value)
  }

  @Test func otherKindsOfLayersAreRefused() {
    let types = Array(repeating: "\"chunked_attention\"", count: 12).joined(separator: ",")
    guard case .unsupported(_, "layer_types", _) = Self.error("llama", "\"layer_types\":[\(types)]") else {
      Issue.record("chunked attention is accepted")
      return
    }
  }

  @Test(arguments: [
    ("llama", #""num_key_value_heads":5"#),
    ("llama", #""rope_scaling":{"factor":2,"type":"linear"},"rope_parameters":{"rope_theta":3}"#),
    ("llama", #""layer_types":["full_attention"]"#),
    ("gpt_neox", #""rotary_emb_base":100,"rope_theta":200"#), ("llama", #""head_dim":5"#),
    ("llama", #""rope_scaling":{"type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4}"#),
    ("gemma3_text", #""sliding_window":null"#),
  ])
  func valuesThatDoNotGoTogether(_ type: String, _ more: String) {
    guard case .inconsistent = Self.error(type, more) else {
      Issue.record("\(more) gives \(String(describing: Self.error(type, more)))")
      return
    }
  }

  @Test func headsMustShareTheWidth() {
    let sizes = Self.sizes.replacing("64", with: "65")
    for type in ["llama", "mistral", "qwen2", "gpt_neox"] {
      guard case .inconsistent = Self.error(type, "", sizes: sizes) else {
        Issue.record("\(type) has uneven heads")
        return
      }
    }
  }

  @Test(arguments: [
    "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
  ])
  func everySizeIsMissed(_ key: String) {
    for family in ModelFamily.all.dropFirst() {
      #expect(
        Self.error(family.type, "", sizes: Self.sizes.replacing("\"\(key)\"", with: "\"x\""))
          == .missing(file: "config.json", key: key))
    }
  }

  @Test(arguments: [
    ("rope_theta", "0"), ("rope_theta", "-1"), ("rope_theta", "\"x\""), ("rope_theta", "NaN"),
    ("rope_theta", "1e999"),
    ("rope_scaling", "3"), ("head_dim", "0"), ("head_dim", "1048576"), ("num_key_value_heads", "0"),
    ("rms_norm_eps", "-1"), ("attention_bias", "1"), ("max_position_embeddings", "99999999999"),
  ])
  func valuesOutOfRange(_ key: String, _ value: String) throws {
    let text = "{\"model_type\":\"llama\",\(Self.sizes),\"\(key)\":\(value)}"
    let metadata = try ModelMetadata(
      json: JSON(parsing: Array(text.utf8), dialect: .python), file: "config.json")
    #expect(throws: ConfigurationError.self) { try ModelFamily.of(metadata).blueprint(metadata) }
  }
}
