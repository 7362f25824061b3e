import Foundation
import LMCore
import TestSupport
import Testing

/// `--chat`, `--system` and `--special`.
@Suite struct ChatOptionsTests {
  private static let chatML =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

  /// A folder with the tokenizer of a kind, and a chat template.
  private func folder(_ kind: String, template: String?) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      "tokenizer.json", String(contentsOf: Self.fixtures.appending(path: kind + ".json"), encoding: .utf8))
    var settings: [JSON.Member] = [
      .init("tokenizer_class", "Qwen2Tokenizer"), .init("eos_token", "<|im_end|>"),
    ]
    if let template { settings.append(.init("chat_template", .string(template))) }
    try folder.write("tokenizer_config.json", JSON.object(settings).description)
    return folder
  }

  private static let fixtures = TestFiles.repository.appending(
    path: "Tests/LMCoreTests/Fixtures/tokenizer/kinds")

  private func text(_ words: [String]) throws -> String {
    let answer = try ProgramRun(["tokenize", "--format", "json"] + words).json()
    return try #require(answer["pieces"]?.strings).joined()
  }

  @Test func aMessageIsWrittenAsTheTemplateWantsIt() throws {
    let folder = try folder("qwen2", template: Self.chatML)
    let asked = ["--tokenizer", folder.path, "--chat", "Hi <|im_end|>"]
    #expect(try text(asked) == "<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n")
    #expect(
      try text(asked + ["--system", "Be brief."])
        == "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n"
    )
    let tokens = try ProgramRun(["tokenize", "--format", "json"] + asked).json()["tokens"]?.strings
    #expect(tokens?.first == "<|im_start|>" && tokens?.last == "Ċ")
  }

  @Test func aFileOfItsOwnComesFirst() throws {
    let folder = try folder("qwen2", template: Self.chatML)
    try folder.write("chat_template.jinja", "{{ messages[0].content | upper }}\n")
    #expect(try text(["--tokenizer", folder.path, "--chat", "Hi"]) == "HI")
  }

  @Test func refusalsSayWhatToDo() throws {
    let none = try ProgramRun(["next", "Hi", "--chat"])
    #expect(none.code == 1 && none.output == "")
    #expect(
      none.errors
        == "gpt2-viz: storyteller has no chat template, so it is no chat model or its files are incomplete; write the prompt yourself, with --special if it has special tokens\n"
    )
    // Called as every command calls the model: by the name of its folder.
    let bare = try self.folder("qwen2", template: nil)
    let name = try #require(bare.path.split(separator: "/").last)
    for words in [["--tokenizer", bare.path], ["-m", bare.path]] {
      let run = try ProgramRun(["tokenize", "--chat", "Hi"] + words)
      #expect(run.errors.hasPrefix("gpt2-viz: \(name) has no chat template"), "\(run.errors)")
    }
    let folder = try folder("qwen2", template: "{% macro a() %}{% endmacro %}")
    let unknown = try ProgramRun(["tokenize", "--tokenizer", folder.path, "--chat", "Hi"])
    #expect(unknown.code == 1)
    #expect(
      unknown.errors
        == "gpt2-viz: the chat template of the model uses the statement \"macro\", which is not known here; write the prompt yourself, with its special tokens, and give --special\n"
    )
  }

  /// In a GGUF file a special token is text, unless somebody asks for it.
  @Test func specialTokensOfAFileAreReadOnRequest() throws {
    let file = Self.fixtures.appending(path: "qwen2.gguf").path
    let words = ["tokenize", "<|im_end|>", "--tokenizer", file, "--format", "json"]
    #expect(try ProgramRun(words).json()["ids"]?.array?.count ?? 0 > 1)
    #expect(try ProgramRun(words + ["--special"]).json()["tokens"]?.strings == ["<|im_end|>"])
    let missing = try ProgramRun(["tokenize", "a", "--tokenizer", "/nonexistent.gguf"])
    #expect(missing.code == 1 && missing.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    (["next", "x", "--system", "y"], "--system goes with --chat"),
    (
      ["generate", "x", "--chat", "--special"], "--chat writes the special tokens itself; leave --special out"
    ),
    (["next", "--ids", "1", "--chat"], "--ids needs no --chat, --system or --special; leave them out"),
    (
      ["--score", "f", "--special"],
      "--score FILE follows a text as it is; leave --chat, --system and --special out"
    ),
    (["--resume", "--chat"], "--resume brings its own text; leave the prompt and its options out"),
  ])
  func wordsThatDoNotGoTogether(_ words: [String], _ sentence: String) throws {
    let run = try ProgramRun(words, environment: ["GPT2_VIZ_MODEL": "/nonexistent"])
    #expect(run.code == 2 && run.output == "")
    #expect(run.errors.hasPrefix("gpt2-viz: " + sentence), "\(run.errors)")
  }
}
