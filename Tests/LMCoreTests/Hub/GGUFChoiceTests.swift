import Testing

@testable import LMCore

@Suite struct GGUFChoiceTests {
  @Test(
    arguments: [
      ("SmolLM2-135M-Instruct.Q4_1.gguf", "Q4_1"), ("model-Q4_K_M.gguf", "Q4_K_M"), ("a/b-q8_0.gguf", "q8_0"),
      ("m-Q5_K_S-00001-of-00003.gguf", "Q5_K_S"), ("m-bf16.gguf", "bf16"), ("m-IQ4_XS.gguf", "IQ4_XS"),
      ("model.gguf", nil), ("gemma-3-270m-it.gguf", nil), ("Qwen-q.gguf", nil),
    ])
  func readsTheQuantizationOffAName(name: String, quantization: String?) {
    #expect(GGUFChoice.quantization(of: name) == quantization)
  }

  private let choice = GGUFChoice(among: [
    "README.md", "m-Q8_0.gguf", "m-Q4_K_M.gguf", "mmproj-m-F16.gguf", "m-IQ4_XS.gguf", "sub/m-Q4_K.gguf",
  ])

  @Test(
    arguments: [
      ("Q8_0", ["m-Q8_0.gguf"]), ("q4_k_m", ["m-Q4_K_M.gguf"]), ("Q4_K", ["sub/m-Q4_K.gguf"]),
      ("m-Q4_K.gguf", ["sub/m-Q4_K.gguf"]), ("sub/m-Q4_K.gguf", ["sub/m-Q4_K.gguf"]), ("F16", []), ("Q4", []),
      ("K_M", []),
    ])
  func aNameMeansOneFile(name: String, files: [String]) { #expect(choice.matching(name) == files) }

  @Test func namesTheFilesShortly() {
    #expect(choice.names == ["IQ4_XS", "Q4_K_M", "Q8_0", "Q4_K"])
    #expect(GGUFChoice(among: ["a-Q8_0.gguf", "b-Q8_0.gguf"]).names == ["a-Q8_0.gguf", "b-Q8_0.gguf"])
  }

  @Test(
    arguments: [
      ("gpt2", "gpt2", nil, nil), ("a/b@c", "a/b", "c", nil), ("a/b:Q4_0", "a/b", nil, "Q4_0"),
      ("a/b@refs/pr/1:m.gguf", "a/b", "refs/pr/1", "m.gguf"), ("a@", "a", "", nil), ("a:", "a", nil, ""),
    ] as [(String, String, String?, String?)])
  func aReferenceHasUpToThreeParts(text: String, id: String, revision: String?, weights: String?) {
    let reference = ModelReference(text)
    #expect(reference.id == id && reference.revision == revision && reference.weights == weights)
  }
}
