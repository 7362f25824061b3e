import Testing

@testable import LMCore

@Suite struct GPT2FamilyTests {
  private func read(_ text: String) throws -> Blueprint {
    let metadata = try ModelMetadata(json: JSON(parsing: text), file: "config.json")
    return try ModelFamily.of(metadata).blueprint(metadata)
  }

  private func error(_ text: String) -> ConfigurationError? {
    do {
      _ = try read(text)
      return nil
    } catch { return error as? ConfigurationError }
  }

  @Test func silenceMeansTransformersDefaults() throws {
    let blueprint = try read("{\"model_type\":\"gpt2\"}")
    #expect(try blueprint == read("{}"))
    #expect(blueprint.vocabularySize == 50_257)
    #expect(blueprint.contextLength == 1024)
    #expect(blueprint.width == 768)
    #expect(blueprint.layerCount == 12)
    #expect(blueprint.headCount == 12)
    #expect(blueprint.innerWidth == 3072)
    #expect(blueprint.activation == .geluTanh)
    #expect(blueprint.normEpsilon == 1e-5)
    #expect(blueprint.attentionScale == 0.125)
    #expect(!blueprint.dividesScoresByLayer)
    #expect(blueprint.tiesOutput)
    // The class has a default, but generation reads the file.
    #expect(blueprint.endOfText == [])
  }

  @Test func nullMeansTheDefaultToo() throws {
    let blueprint = try read("{\"n_inner\":null,\"n_embd\":24,\"n_head\":4,\"activation_function\":null}")
    #expect(blueprint.innerWidth == 96)
    #expect(blueprint.activation == .geluTanh)
  }

  @Test func namesAndAliases() throws {
    let names = try read(
      "{\"n_embd\":20,\"n_layer\":3,\"n_head\":5,\"n_positions\":7,\"n_inner\":11,\"vocab_size\":13}")
    #expect((names.width, names.layerCount, names.headCount) == (20, 3, 5))
    #expect((names.contextLength, names.innerWidth, names.vocabularySize) == (7, 11, 13))
    #expect(names.headWidth == 4)
    let aliases = try read(
      "{\"hidden_size\":20,\"num_hidden_layers\":3,\"num_attention_heads\":5,\"max_position_embeddings\":7}")
    #expect((aliases.width, aliases.layerCount, aliases.headCount, aliases.contextLength) == (20, 3, 5, 7))
    #expect(aliases.innerWidth == 80)
    // Both, as measured with transformers 5.23: the alias.
    #expect(try read("{\"n_embd\":24,\"hidden_size\":48}").width == 48)
    // n_ctx is not read.
    #expect(try read("{\"n_ctx\":7}").contextLength == 1024)
  }

  @Test(arguments: [
    ("gelu", ActivationFunction.gelu), ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh),
    ("gelu_fast", .geluTanh), ("quick_gelu", .quickGelu), ("relu", .relu), ("silu", .silu), ("swish", .silu),
    ("tanh", .tanh),
  ])
  func activations(_ name: String, _ function: ActivationFunction) throws {
    #expect(try read("{\"activation_function\":\"\(name)\"}").activation == function)
  }

  @Test func unknownActivationsAreNamed() {
    #expect(
      error("{\"activation_function\":\"gelu2\"}") == .unknownActivation(file: "config.json", name: "gelu2"))
    #expect(error("{\"activation_function\":3}") == .unknownActivation(file: "config.json", name: "3"))
  }

  @Test func flagsAndEpsilon() throws {
    let blueprint = try read(
      """
      {"scale_attn_weights":false,"scale_attn_by_inverse_layer_idx":true,"tie_word_embeddings":false,
       "layer_norm_epsilon":0.5,"reorder_and_upcast_attn":true,"attn_pdrop":0.9}
      """)
    #expect(blueprint.attentionScale == 1)
    #expect(blueprint.dividesScoresByLayer)
    #expect(!blueprint.tiesOutput)
    #expect(blueprint.normEpsilon == 0.5)
  }

  @Test func attentionScale() throws {
    var blueprint = try read("{}")
    #expect(blueprint.attentionScale(layer: 3) == 0.125)
    blueprint.dividesScoresByLayer = true
    #expect(blueprint.attentionScale(layer: 3) == 0.03125)
    blueprint.attentionScale = 1
    #expect(blueprint.attentionScale(layer: 0) == 1)
    #expect(blueprint.attentionScale(layer: 3) == 0.25)
  }

  @Test func endOfSequenceIsOneASeveralOrNone() throws {
    #expect(try read("{\"eos_token_id\":5}").endOfText == [5])
    #expect(try read("{\"eos_token_id\":[5,7]}").endOfText == [5, 7])
    #expect(try read("{\"eos_token_id\":null}").endOfText == [])
    #expect(try read("{\"eos_token_id\":[]}").endOfText == [])
    #expect(
      error("{\"eos_token_id\":\"x\"}")
        == .invalid(
          file: "config.json", key: "eos_token_id", value: "\"x\"", wanted: "a token id or a list of them"))
  }

  @Test(arguments: [
    ("vocab_size", "0"), ("vocab_size", "-1"), ("vocab_size", "1.5"), ("vocab_size", "\"7\""),
    ("vocab_size", "9223372036854775807"), ("vocab_size", "99999999999999999999"),
    ("n_positions", "0"), ("n_positions", "1152921504606846976"), ("n_embd", "0"),
    ("n_embd", "4611686018427387904"),
    ("hidden_size", "true"), ("n_layer", "0"), ("n_layer", "-3"), ("n_layer", "1000000000"), ("n_head", "0"),
    ("n_head", "[]"), ("n_inner", "0"), ("n_inner", "4611686018427387904"), ("max_position_embeddings", "{}"),
    ("layer_norm_epsilon", "-1"), ("layer_norm_epsilon", "2"), ("layer_norm_epsilon", "1e999"),
    ("layer_norm_epsilon", "\"x\""), ("scale_attn_weights", "1"), ("tie_word_embeddings", "\"yes\""),
    ("scale_attn_by_inverse_layer_idx", "0"), ("eos_token_id", "1.5"),
  ])
  func valuesOutOfRange(_ key: String, _ value: String) {
    guard case .invalid(let file, let name, let literal, let wanted) = error("{\"\(key)\":\(value)}") else {
      Issue.record("\(key) = \(value) gives \(String(describing: error("{\"\(key)\":\(value)}")))")
      return
    }
    #expect((file, name, literal) == ("config.json", key, value))
    #expect(!wanted.isEmpty)
  }

  @Test func headsMustShareTheWidth() {
    for (width, heads) in [(20, 3), (2, 4)] {
      #expect(
        error("{\"n_embd\":\(width),\"n_head\":\(heads)}")
          == .inconsistent(
            file: "config.json",
            problem: "the width \(width) (n_embd) cannot be divided among \(heads) heads (n_head)"))
    }
  }

  @Test func otherModelsAreNamed() {
    let known = ["gpt2", "llama", "mistral", "qwen2", "qwen3", "gemma3_text", "gpt_neox"]
    #expect(
      error("{\"model_type\":\"phi3\"}") == .otherModel(file: "config.json", type: "phi3", known: known))
    #expect(error("{\"model_type\":2}") == .otherModel(file: "config.json", type: "2", known: known))
    #expect(error("[1]") == .notATable(file: "config.json"))
  }

  @Test func sentencesNameFileAndKey() {
    let errors: [ConfigurationError] = [
      .notATable(file: "F"), .otherModel(file: "F", type: "llama", known: ["gpt2"]),
      .inconsistent(file: "F", problem: "p"),
      .invalid(file: "F", key: "n_embd", value: String(repeating: "9", count: 500), wanted: "w"),
      .unknownActivation(file: "F", name: "x"), .missing(file: "F", key: "k"),
      .unsupported(file: "F", key: "k", value: String(repeating: "9", count: 500)),
    ]
    for error in errors {
      #expect(error.description.hasPrefix("F"))
      #expect(error.description.hasSuffix("."))
      #expect(error.description.count < 250)
    }
  }
}
