import Foundation
import FoundationXML
import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

@Suite struct ReportCommandTests {
  private static let story = Result {
    try ProgramRun([
      "generate", "Once upon a time", "-n", "30", "-p", "0.9", "--seed", "42", "--format", "jsonl",
    ]).output
  }

  private func trace() throws -> Trace { try Trace(parsing: Array(try Self.story.get().utf8)) }

  private func page(_ trace: Trace, step: Int? = nil, theme: ReportTheme = .auto) throws -> String {
    ReportPage(lanes: [try ReportContent(trace, step: step)], style: ReportStyle(theme: theme)).markup
  }

  private func picture(_ trace: Trace, step: Int? = nil, theme: ReportTheme = .auto) throws -> String {
    ReportPicture(lanes: [try ReportContent(trace, step: step)], style: ReportStyle(theme: theme)).markup
  }

  /// The text between tags, entities resolved; fails where the markup is not well-formed.
  private func text(of markup: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    let reader = TextReader()
    let parser = XMLParser(data: Data(markup.utf8))
    parser.delegate = reader
    let isWellFormed = parser.parse()
    try #require(
      isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))",
      sourceLocation: sourceLocation)
    return reader.text
  }

  @Test func writesWhatTheEndingSays() throws {
    let folder = try TemporaryFolder()
    let story = try folder.write("story.jsonl", try Self.story.get())
    for (name, start) in [("a.html", "<!DOCTYPE html>"), ("b.svg", "<svg "), ("C.SVG", "<svg ")] {
      let run = try ProgramRun(["report", story, "-o", folder.path + "/" + name])
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output == "")
      let markup = try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
      #expect(markup.hasPrefix(start))
    }
    #expect(try ProgramRun(["report", story]).output.hasPrefix("<!DOCTYPE html>"))
    let piped = try ProgramRun.shell("gpt2-viz report - < '\(story)'")
    #expect(try piped.output == ProgramRun(["report", story]).output)
  }

  /// A pipe or a device stays what it is; a link stays a link.
  @Test func aPipeIsWrittenTo() throws {
    let folder = try TemporaryFolder()
    let (pipe, link) = (folder.path + "/pipe", folder.path + "/link.html")
    #expect(mkfifo(pipe, 0o600) == 0 && symlink(pipe, link) == 0)
    let story = try folder.write("story.jsonl", try Self.story.get())
    let read = try ProgramRun.shell(
      "cat '\(pipe)' & gpt2-viz report '\(story)' -o '\(link)' || echo failed > '\(pipe)'; wait")
    #expect(try read.output == ProgramRun(["report", story]).output)
    var status = stat()
    #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func wrongWordsAndWorldsAreOneSentence() throws {
    let folder = try TemporaryFolder()
    let story = try folder.write("story.jsonl", try Self.story.get())
    func errors(_ words: String..., code: Int32) throws -> String {
      let run = try ProgramRun(["report", story] + words)
      #expect(run.code == code)
      return String(run.errors.prefix { $0 != "\n" })
    }
    #expect(
      try errors("-o", "x.png", code: 2)
        == "gpt2-viz: -o takes a file name that ends in .html or .svg, not 'x.png'")
    #expect(
      try errors("--theme", "blue", code: 2) == "gpt2-viz: --theme takes light, dark or auto, not 'blue'")
    #expect(
      try errors("--step", "32", code: 1)
        == "gpt2-viz: the trace has no step 32: give --step a number from 1 to 31")
    #expect(
      try errors("-o", "/nonexistent/x.svg", code: 1)
        == "gpt2-viz: cannot write /nonexistent/x.svg: No such file or directory")
  }

  @Test(arguments: [nil, 1, 12, 31])
  func bothKindsAreWellFormedAndTellTheSame(step: Int?) throws {
    let trace = try trace()
    let content = try ReportContent(trace, step: step)
    for markup in [try page(trace, step: step), try picture(trace, step: step)] {
      let text = try text(of: markup)
      for word in [
        content.decisionTitle, "before: softmax(logits)", "after: renormalised over", "p(chosen)", "entropy",
        "kept (log)", "No phrase repeats three times", "seed", "42", "top-p 0.90",
      ] {
        #expect(text.contains(word), "\(word)")
      }
    }
    // The story stands in the page as it was written.
    let story = try #require(trace.end?.text)
    #expect(try text(of: page(trace, step: step)).contains(story.replacing("\n", with: "⏎\n")))
  }

  @Test func everyRowIsDrawnWithItsNumbers() throws {
    let trace = try trace()
    let text = try text(of: page(trace, step: 5))
    for row in trace.steps[4].decision.rows.prefix(12) {
      #expect(text.contains(NumberFormat.percent(row.before)))
      #expect(text.contains(NumberFormat.percent(row.cumulative)))
      if row.isKept { #expect(text.contains(NumberFormat.percent(row.after))) }
    }
    let decision = trace.steps[4].decision
    #expect(text.contains("top-p 0.90 cut: kept \(decision.kept) of 4,096"))
  }

  @Test func theLegendCountsEveryToken() throws {
    let content = try ReportContent(try trace(), step: nil)
    #expect(ReportText(content).counts.reduce(0, +) == 30)
  }

  @Test func nothingIsFetchedOrRun() throws {
    for theme in ReportTheme.allCases {
      for markup in [try page(trace(), theme: theme), try picture(trace(), theme: theme)] {
        let addresses = markup.matches(of: /(?i)[a-z]+:\/\/[^\s"'<)]+/).map { String($0.output) }
        #expect(Set(addresses).subtracting(["http://www.w3.org/2000/svg"]) == [])
        for word in [
          "<script", "url(", "@import", "@font-face", "<img", "<object", "<iframe", "onload", "xlink",
        ] {
          #expect(!markup.lowercased().contains(word), "\(word)")
        }
      }
    }
  }

  @Test func aThemeIsOneOrBoth() throws {
    let trace = try trace()
    let (light, dark, auto) = (
      try page(trace, theme: .light), try page(trace, theme: .dark), try page(trace, theme: .auto)
    )
    #expect(!light.contains("prefers-color-scheme") && !dark.contains("prefers-color-scheme"))
    #expect(auto.contains("@media screen and (prefers-color-scheme: dark)"))
    #expect(light.contains("#ffffff") && !light.contains("#161a1f"))
    #expect(dark.contains("#161a1f") && !dark.contains("#f5f5f2"))
    #expect(auto.contains("#f5f5f2") && auto.contains("#161a1f"))
  }

  @Test func fontsAreGeneric() throws {
    let generic: Set = ["system-ui", "sans-serif", "ui-monospace", "monospace", "serif"]
    for markup in [try page(trace()), try picture(trace())] {
      let named = markup.matches(of: /font-family: ([^;]+);/).map { String($0.output.1) }
      #expect(!named.isEmpty)
      for family in named.flatMap({ $0.split(separator: ",") }) {
        #expect(generic.contains(family.trimmingCharacters(in: .whitespaces)), "\(family)")
      }
    }
  }

  /// Markup, quotes, controls, halves of characters, marks and direction signs: nothing breaks out, nothing is lost.
  @Test func anyBytesAreText() throws {
    let hostile: [[UInt8]] = [
      Array("<script>alert(\"1\")</script>".utf8), Array("&amp;' \"]]>".utf8), [0, 7, 27, 0x7F],
      [0xE2, 0x82],
      [0xFF, 0xFE], Array("\u{202E}\u{200B}\u{FFFE}".utf8), Array("\n\r\t".utf8), Array("日本".utf8),
      [0xF0, 0x9F],
      [0x98, 0x80],
    ]
    var trace = try trace()
    for (index, bytes) in hostile.enumerated() {
      let odd = TraceToken(id: index, text: nil, bytes: bytes)
      trace.steps[index].token = odd
    }
    trace.start.model.name = "<b>\u{1}&"
    for markup in [try page(trace, step: 1), try picture(trace, step: 1)] {
      let text = try text(of: markup)
      #expect(text.contains("<script>alert(\"1\")</script>"))
      #expect(text.contains("&amp;' \"]]>"))
      #expect(text.contains("<00><07><1B><7F>"))
      #expect(text.contains("<E2><82>"))
      #expect(text.contains("<U+202E>"))
      #expect(text.contains("日本"))
      // Two tokens that are one character together.
      #expect(text.contains("😀"))
      #expect(text.contains("<b><01>&"))
    }
    let again = try Trace(parsing: Array(trace.lines.utf8))
    #expect(again.steps.map(\.token) == trace.steps.map(\.token))
  }

  /// A damaged trace that can still be read is drawn, well-formed, in lengths that a viewer can draw.
  @Test(arguments: 0..<6)
  func nonsenseIsDrawn(seed: UInt64) throws {
    var trace = try trace()
    trace.steps.removeLast(26)
    let whole = Array(trace.lines.utf8)
    let digits = whole.indices.filter { (48...57).contains(whole[$0]) }
    var random = RandomSource(seed: seed)
    var drawnCount = 0
    for _ in 0..<12 {
      var bytes = whole
      for _ in 0..<8 {
        bytes[digits.randomElement(using: &random)!] = 48 + .random(in: 0...9, using: &random)
      }
      guard let damaged = try? Trace(parsing: bytes) else { continue }
      drawnCount += 1
      for step in 1...5 {
        let markup = try page(damaged, step: step)
        _ = try text(of: markup)
        #expect(!markup.contains("nan") && !markup.contains("inf\""))
        _ = try text(of: picture(damaged, step: step))
      }
    }
    #expect(drawnCount > 0)
  }

  @Test func aLoopIsMeasuredCopyByCopy() throws {
    let run = try ProgramRun([
      "generate", "Once upon a time", "-n", "200", "--greedy", "--format", "jsonl", "--trace-rows", "12",
    ])
    let trace = try Trace(parsing: Array(run.output.utf8))
    let content = try ReportContent(trace, step: nil)
    let loop = try #require(content.loop, "\(trace.end?.text ?? "")")
    #expect(content.loopMeans.count == loop.copies)
    let text = try text(of: page(trace))
    #expect(text.contains("Loop: \(loop.copies) copies of \(loop.period) tokens"))
    #expect(text.contains("mean probability"))
  }

  @Test func aModelWithoutVocabularyIsDrawnByItsIDs() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "model.safetensors"])
    let run = try ProgramRun([
      "generate", "-m", folder.path, "--ids", "300 301", "-n", "4", "--greedy", "--format", "jsonl",
    ])
    let trace = try Trace(parsing: Array(run.output.utf8))
    let text = try text(of: page(trace))
    #expect(text.contains("[300][301][\(trace.steps[0].token.id)]"))
  }

  @Test func theMostSurprisingStepIsDrawnUnlessToldOtherwise() throws {
    let trace = try trace()
    let content = try ReportContent(trace, step: nil)
    #expect(content.chosen?.before == trace.steps.map(\.before).min())
    #expect(try ReportContent(trace, step: 31).chosen == nil)
    #expect(throws: ReportError.noRows(step: 1)) {
      var bare = trace
      bare.steps[0].decision.rows = []
      _ = try ReportContent(bare, step: 1)
    }
    #expect(throws: ReportError.nothingRecorded) {
      _ = try ReportContent(Trace(start: trace.start, steps: [], end: nil), step: nil)
    }
  }
}

private final class TextReader: NSObject, XMLParserDelegate {
  private(set) var text = ""

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
