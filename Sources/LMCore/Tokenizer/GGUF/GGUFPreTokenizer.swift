/// How a GGUF file's tokenizer over bytes cuts text, by the name that llama.cpp's converter gives it.
struct GGUFPreTokenizer {
  let steps: ByteLevelBPE.Steps
  /// Whether a text begins with the token for it where the file does not say.
  let begins: Bool

  /// - Parameter name: nil where the file has none, which is read as llama.cpp's "default".
  init?(named name: String?) {
    func steps(_ cuts: [PieceCut], ignoresMerges: Bool = false) -> ByteLevelBPE.Steps {
      ByteLevelBPE.Steps(cuts: cuts, ignoresMerges: ignoresMerges)
    }
    func rule(_ rule: PieceRule) -> PieceCut { .rule(PreTokenizer(rule)) }
    switch name {
    case "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
      "jina-v5-nano":
      (self.steps, begins) = (steps([rule(.llama3)], ignoresMerges: true), true)
    case "smaug-bpe", "dbrx", "chatglm-bpe":
      (self.steps, begins) = (steps([rule(.llama3)]), false)
    case "glm4", "glm5":
      (self.steps, begins) = (steps([rule(.llama3)], ignoresMerges: true), false)
    case "qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez", "kormo", "f2llmv2", "solar-open",
      "grok-2":
      (self.steps, begins) = (steps([rule(.qwen2)]), false)
    case "qwen35":
      (self.steps, begins) = (steps([rule(.qwen35)]), false)
    case "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2":
      (self.steps, begins) = (steps([.digits, .gpt2()]), false)
    case "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "exaone4", "modern-bert",
      "gigachat", "a.x-4.0", "mellum":
      (self.steps, begins) = (steps([.gpt2()]), false)
    case nil, "default":
      (self.steps, begins) = (
        steps([
          .runs(.punctuation, longest: .max), .gpt2(), .runs(.numbers, longest: .max), .threeDigits,
        ]), false
      )
    default: return nil
    }
  }
}
