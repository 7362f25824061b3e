import LMCore
import Testing

@testable import Visualizer

@Suite struct LessonParserTests {
  private struct NoSuchFile: Error, CustomStringConvertible {
    let path: String
    var description: String { "cannot read \(path)" }
  }

  private func parse(_ source: String) throws -> Lesson {
    try Lesson.parse(source, path: "course/first.lesson") { path in
      guard path == "tale.txt" else { throw NoSuchFile(path: path) }
      return "Once there was a fox."
    }
  }

  @Test func readsWhatTheDocumentationDescribes() throws {
    let lesson = try parse(
      """
      # A comment.
      title: Two distributions
      model: gpt2
      prompt: The king
      settings: nucleus-0.9, temperature 0.7, order llama.cpp
      seed: 7

      Press g, and look at
      the line: it has changed.
      plain: Press g, and hear
      what: it has changed.
      until: key g

      prompt: The queen

      Now press Home.

      It goes on in a second paragraph.
      until: step = 0 and top-p<=0.5
      score: tale.txt
      That was all.

      """)
    #expect(lesson.name == "first")
    #expect(lesson.title == "Two distributions")
    #expect(lesson.model == "gpt2")
    #expect(
      lesson.steps.map(\.caption) == [
        "Press g, and look at the line: it has changed.",
        "Now press Home. It goes on in a second paragraph.", "That was all.",
      ])
    #expect(lesson.steps.map(\.plain) == ["Press g, and hear what: it has changed.", nil, nil])
    #expect(lesson.steps.map(\.spoken) == [lesson.steps[0].plain] + lesson.steps[1...].map(\.caption))
    #expect(
      lesson.steps.map(\.until) == [
        .key(.greedy), .all([.measure(.step, .equal, 0), .measure(.topP, .atMost, 0.5)]), nil,
      ])
    var settings = SamplingPreset.nucleus90.settings
    settings.temperature = 0.7
    settings.order = .llamaCpp
    #expect(lesson.steps[0].scene == LessonScene(prompt: .text("The king"), settings: settings, seed: 7))
    #expect(
      lesson.scene(at: 1) == LessonScene(prompt: .text("The queen"), settings: settings, seed: 7))
    #expect(lesson.scene(at: 2).prompt == .human("Once there was a fox."))
    #expect(lesson.opening.seed == 7)
  }

  @Test func aLessonNeedsLittle() throws {
    let lesson = try parse("title: Short\r\nLook.\r\n")
    #expect(lesson.steps == [LessonStep(caption: "Look.", until: nil)])
    #expect(lesson.opening.prompt == .text("Once upon a time"))
  }

  @Test(arguments: [
    ("Look.", 1, "the lesson has no 'title:' line"),
    ("", 1, "the lesson has no caption"),
    ("title: A\n", 2, "the lesson has no caption"),
    ("title:\nLook.", 1, "there is nothing behind 'title:'"),
    ("title: A\ntitle: B\nLook.", 2, "'title:' stands here for the second time"),
    ("title: A\npromt: B\nLook.", 2, "'promt:' means nothing; did you mean 'prompt:'?"),
    ("title: A\nfont: B\nLook.", 2, "'font:' means nothing here"),
    ("title: A\nLook.\nuntill: loop", 3, "'untill:' means nothing; did you mean 'until:'?"),
    ("title: A\nLook.\nUntil: loop", 3, "'Until:' means nothing; did you mean 'until:'?"),
    ("title: A\nLook.\nuntil : loop", 3, "'until :' means nothing; did you mean 'until:'?"),
    ("title: A\nLook.\nunitl:loop", 3, "'unitl:' means nothing; did you mean 'until:'?"),
    (
      "title: A\nOne.\nuntil: loop\nTwo.\n\nsetings: greedy\nThree.", 6,
      "'setings:' means nothing; did you mean"
    ),
    ("title: A\nLook.\nplian: Listen.", 3, "'plian:' means nothing; did you mean 'plain:'?"),
    ("title: A\nLook.\nplain: Listen.\nuntl: loop", 4, "'untl:' means nothing; did you mean 'until:'?"),
    ("title: A\nplain: Listen.\nuntil: loop", 2, "'plain:' belongs below the caption of its step"),
    ("title: A\nLook.\nplain: A.\nplain: B.", 4, "'plain:' stands here for the second time"),
    ("title: A\nLook.\nplain:\nuntil: loop", 4, "there is nothing behind 'plain:'"),
    ("title: A\nLook.\nplain: A.\nseed: 3", 4, "'seed:' belongs above the caption of its step"),
    ("title: A\nLook.\nuntil: loop\nmodel: b\nLook.", 4, "'model:' belongs above the first caption"),
    ("title: A\nLook.\nprompt: B\nuntil: loop", 3, "'prompt:' belongs above the caption of its step"),
    ("title: A\nuntil: loop", 2, "this 'until:' has no caption above it"),
    ("title: A\nLook.\nuntil: loop\nseed: 3\n\n", 6, "this 'until:' has no caption above it"),
    ("title: A\nLook.\nuntil: key ß", 3, "no key is called 'ß'"),
    ("title: A\nLook.\nuntil: lopp", 3, "'lopp' is nothing to wait for"),
    ("title: A\nLook.\nuntil: loop and", 3, "'loop and' is nothing to wait for"),
    ("title: A\nLook.\nuntil: top-p 0.5", 3, "'top-p 0.5' is no comparison"),
    ("title: A\nLook.\nuntil: kept < many", 3, "'kept < many' is no comparison"),
    ("title: A\nsettings: nuclear\nLook.", 2, "'nuclear' is no setting"),
    ("title: A\nsettings: top-k much\nLook.", 2, "'top-k much' is no setting"),
    ("title: A\nsettings: top-p 2\nLook.", 2, "top-p must be between 0 and 1"),
    ("title: A\nseed: -1\nLook.", 2, "a seed is a whole number"),
    ("title: A\nprompt: B\nscore: tale.txt\nLook.", 3, "'prompt:' and 'score:' cannot both be set"),
    ("title: A\nchat: B\nprompt: C\nLook.", 3, "'chat:' and 'prompt:' cannot both be set"),
    ("title: A\nchat: B\nchat: C\nLook.", 3, "'chat:' stands here for the second time"),
    ("title: A\nscore: lost.txt\nLook.", 2, "cannot read lost.txt"),
    (
      "title: A\n\(String(repeating: "many words ", count: 40))\nuntil: loop", 3,
      "the caption takes 7 lines of a window of 80 columns, and 4 fit"
    ),
  ])
  func eachDefectIsOneSentenceWithItsLine(source: String, line: Int, start: String) {
    let error = #expect(throws: LessonError.self) { try parse(source) }
    #expect(error?.line == line)
    let description = error?.description ?? ""
    #expect(description.hasPrefix("course/first.lesson, line \(line): \(start)"), "\(description)")
    #expect(!description.contains("\n"))
  }

  /// Only a header's name, or what is nearly one, takes a line with a colon out of a caption.
  @Test(arguments: [
    "look: it has changed.", "Note: this is the model's own.", "The seed: a number.", "u: the random number.",
    "place: here.", "table: rows by rank.", "short: no.", "top-p: 0.9", "rank 1: the first.",
    "http://example.org",
    "line: the cut.", "temperature: 0.7", "said: \"I will.\"", "the prompt: it stays.", ": alone",
    "until then: wait.",
  ])
  func aSentenceWithAColonStaysACaption(line: String) throws {
    let lesson = try parse("title: A\nOne thing,\n\(line)\nuntil: loop\nTwo.")
    #expect(lesson.steps[0].caption == "One thing, \(line)")
  }

  @Test(arguments: [
    ("any key", LessonCondition.anyKey), ("key right", .key(.stepForward)), ("key →", .key(.stepForward)),
    ("key Enter", .key(.force)), ("key Space", .key(.play)), ("key PgDn", .key(.pageDown)),
    ("key T", .key(.hotter)), ("key Tab", .key(.focusOtherLane)), ("key >", .key(.lessonForward)),
    ("loop", .loop), ("greedy", .greedy), ("compare", .compare), ("forced", .forced),
    ("step 10", .measure(.step, .atLeast, 10)), ("step >= 10", .measure(.step, .atLeast, 10)),
    ("kept < 10", .measure(.kept, .below, 10)), ("copies>4", .measure(.copies, .above, 4)),
    ("top-k = 40", .measure(.topK, .equal, 40)), ("mass >= 0.9", .measure(.mass, .atLeast, 0.9)),
    ("loop and step 5 and greedy", .all([.loop, .measure(.step, .atLeast, 5), .greedy])),
  ])
  func conditions(text: String, condition: LessonCondition) throws {
    #expect(try LessonConditionParser.parse(text) == condition)
  }

  @Test func everyPresetAndKnobCanBeSet() throws {
    for preset in SamplingPreset.all {
      #expect(try LessonSettingsParser.parse(preset.name) == preset.settings)
    }
    var all = SamplingSettings()
    var words: [String] = []
    for knob in KnobDescription.all {
      let value = knob.words.last ?? (knob.isWhole ? "2" : "0.4")
      #expect(knob.set(value, in: &all))
      words.append("\(knob.optionName) \(value)")
    }
    #expect(try LessonSettingsParser.parse(words.joined(separator: ", ")) == all)
  }
}
