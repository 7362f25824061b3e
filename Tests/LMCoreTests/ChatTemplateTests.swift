import Foundation
import Testing

@testable import LMCore

/// Chat templates against what transformers makes of them, written by Scripts/make_chat_fixtures.py.
@Suite struct ChatTemplateTests {
  private static let tokens = [
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
  ]
  private static let rows: [JSON] = (try? TokenizerTestSupport.fixture("chat.json"))?.array ?? []

  /// The script's date.
  private static let now: @Sendable (String) -> String = { format in
    var date = tm()
    (date.tm_year, date.tm_mon, date.tm_mday, date.tm_hour, date.tm_wday) = (126, 10, 29, 12, 0)
    return WallClock.text(date, format)
  }

  private static func text(_ template: String, _ user: String = "Hi", _ system: String? = nil) throws
    -> String
  {
    try ChatTemplate(template, tokens: tokens).text(ChatMessage(user, system: system), now: now)
  }

  @Test func thereAreTemplates() { #expect(Self.rows.count >= 14) }

  @Test(arguments: rows.indices) func textsAsInTransformers(_ index: Int) throws {
    let row = Self.rows[index]
    let (name, template) = (row["name"]?.string ?? "", try #require(row["template"]?.string))
    for example in try #require(row["texts"]?.array) {
      let (user, system) = (try #require(example.array?[0].string), example.array?[1].string)
      let expected = example.array?[2].string
      do {
        let text = try Self.text(template, user, system)
        #expect(Array(text.utf8) == expected.map { Array($0.utf8) }, "\(name): \(user.debugDescription)")
      } catch {
        #expect(expected == nil, "\(name): \(error)")
      }
    }
  }

  private static func problem(_ template: String) -> String? {
    do {
      _ = try text(template)
      return nil
    } catch ChatError.template(let what) {
      return what
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("{% macro a() %}{% endmacro %}", "uses the statement \"macro\", which is not known here"),
    ("{{ messages | tojson }}", "uses the filter \"tojson\", which is not known here"),
    ("{{ messages }}", "uses a list as text, which is not known here"),
    ("{{ load() }}", "uses the function \"load\", which is not known here"),
    ("{{ 'a'.format() }}", "uses the method \"format\" of a text, which is not known here"),
    ("{{ 1 is divisibleby(3) }}", "uses the test \"divisibleby\", which is not known here"),
    ("{{ nothing.at.all }}", "uses a member of an unknown name, which is not known here"),
    ("{{ 1 // 0 }}", "uses a division by 0, which is not known here"),
    ("{{ 9223372036854775807 + 1 }}", "uses so large a number, which is not known here"),
    ("{% set a %}b{% endset %}", "uses \"set\" without a value, which is not known here"),
    ("{{ raise_exception('Say\nless.') }}", "says: Say less."),
    ("{% if true %}", "is no template that can be read (\"endif\" is missing)"),
    ("{% endfor %}", "is no template that can be read (\"endfor\" has no begin)"),
    (
      "{% end\(String(repeating: "of", count: 90)) %}",
      "is no template that can be read (\"end\(String(repeating: "of", count: 28))o…\" has no begin)"
    ),
    ("{{ 'a }}", "is no template that can be read (a text in quotes has no end)"),
    ("{{ a", "is no template that can be read (a tag has no end)"),
    ("{{ 1 + }}", "is no template that can be read (a value is missing)"),
    (
      "{% for a in messages %}{% for b in range(900000) %}{{ b }}{% endfor %}{% endfor %}",
      "uses so long a run, which is not known here"
    ),
  ])
  func refusals(_ template: String, _ expected: String) { #expect(Self.problem(template) == expected) }

  @Test func deepAndLongTemplatesEnd() {
    let deep = String(repeating: "(", count: 10_000)
    #expect(Self.problem("{{ " + deep + " }}") == "uses such deep nesting, which is not known here")
    let blocks = String(repeating: "{% if true %}", count: 10_000)
    #expect(Self.problem(blocks) == "uses such deep nesting, which is not known here")
    let doubled =
      "{% set n = namespace(t='ab') %}{% for i in range(40) %}{% set n.t = n.t + n.t %}{% endfor %}"
    #expect(Self.problem(doubled) == "uses so long a text, which is not known here")
  }

  // MARK: Models

  /// What transformers' apply_chat_template gives: no second token that begins texts, none where the template has none.
  @Test func idsOfAChat() throws {
    let llama = try TokenizerKindsTests.tokenizer("llama3")
    let reader = PromptReader(
      modelName: "m", modelPath: nil, vocabularySize: llama.vocabularySize, endOfText: [], tokenizer: llama)
    #expect(throws: ChatError.noTemplate(model: "m")) { try reader.ids(of: .chat(ChatMessage("Hi"))) }
    let template = try #require(Self.rows.first { $0["name"] == "Llama 3" }?["template"]?.string)
    let names = ["bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"]
    var chat = try #require(llama as? ByteLevelBPE)
    chat.chatTemplate = ChatTemplate(template, tokens: names)
    let (begin, end) = (
      try #require(chat.id(ofName: "<|begin_of_text|>")), try #require(chat.id(ofName: "<|eot_id|>"))
    )
    let ids = try chat.ids(ofText: .chat(ChatMessage(" Hi ")), model: "m")
    #expect(ids.first == begin && ids.dropFirst().first != begin)
    #expect(ids.filter { $0 == end }.count == 1)
    #expect(
      chat.decode(ids)
        == "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    )
  }

  @Test func aTextHasOneTokenThatBeginsIt() throws {
    for (tokenizer, mark) in [
      (try TokenizerKindsTests.tokenizer("llama2"), "<s>"),
      (try TokenizerKindsTests.tokenizer("gemma"), "<bos>"),
      (try TokenizerKindsTests.fileTokenizer("llama2"), "<s>"),
      (try TokenizerKindsTests.fileTokenizer("gemma"), "<bos>"),
    ] {
      let begin = try #require(try tokenizer.encode("").first)
      for prompt in [
        Prompt.text("Hello"), .marked("Hello"), .marked(mark + "Hello"), .marked(mark), .text(""),
      ] {
        let ids = try tokenizer.ids(ofText: prompt, model: "m")
        #expect(ids.first == begin && ids.dropFirst().first != begin, "\(mark) \(prompt)")
      }
      // As typed: without the wish, a file's special tokens are text.
      let typed = try tokenizer.ids(ofText: .text(mark), model: "m")
      #expect(typed.first == begin && tokenizer.isSpecial(begin))
    }
    // Two of them where none is added are two.
    let plain = try TokenizerKindsTests.tokenizer("qwen2")
    #expect(try plain.ids(ofText: .text("<|endoftext|><|endoftext|>"), model: "m").count == 2)
  }
}
