import Foundation
import FoundationXML
import LMCore
import TerminalTestSupport
import TestSupport
import Testing

@testable import gpt2_viz

/// The trace of a beam search, written by the command and by the window, replayed and drawn. (`.serialized`: some wait.)
@Suite(.serialized) struct BeamTraceCommandTests: StepsOnScreen {
  private static let search = Result {
    try ProgramRun([
      "beam", "Once upon a time", "--beams", "3", "-n", "24", "--stop-id", "11", "--length-penalty", "0.6",
      "--format", "jsonl",
    ]).output
  }

  private func trace() throws -> BeamTrace {
    guard case .beams(let trace) = try TraceContent(parsing: Array(try Self.search.get().utf8)) else {
      throw TraceError.empty(type: "beam")
    }
    return trace
  }

  /// The same search as `--format json`.
  @Test func theLinesTellTheSameSearch() throws {
    let trace = try trace()
    let json = try ProgramRun([
      "beam", "Once upon a time", "--beams", "3", "-n", "24", "--stop-id", "11", "--length-penalty", "0.6",
      "--return", "3", "--format", "json",
    ]).json()
    let steps = try #require(json["steps"]?.array)
    #expect(trace.steps.count == steps.count && json["stopped"]?.string == trace.end?.reason?.rawValue)
    for (step, other) in zip(trace.steps, steps) {
      #expect(step.live.map { JSON($0.ids) } == other["beams"]?.array?.map { $0["ids"] })
      let candidates = try #require(other["candidates"]?.array)
      for (candidate, other) in zip(step.candidates, candidates) {
        #expect(
          JSON(candidate.sum) == other["sum_logprob"] && JSON(candidate.fate.name.rawValue) == other["fate"])
        #expect(JSON(candidate.rank) == other["rank"] && JSON(candidate.fate.score) == other["score"])
      }
    }
    let sequences = try #require(json["sequences"]?.array)
    #expect(trace.end?.texts.map { JSON($0) } == sequences.map { $0["text"] })
    #expect(trace.start.prompt == "Once upon a time" && trace.endOfText.contains(11) && trace.limit == 24)
    let best = try #require(trace.end?.text)
    #expect(best == "Once upon a time" + (trace.end?.texts.first.flatMap { $0 } ?? ""))
    #expect(trace.lines == (try Self.search.get()))
  }

  @Test func aSeedStandsWhereBeamsAreDrawn() throws {
    let run = try ProgramRun([
      "beam", "--ids", "442 326", "--beams", "2", "-n", "5", "--stochastic", "--seed", "9", "--format",
      "jsonl",
    ])
    guard case .beams(let trace) = try TraceContent(parsing: Array(run.output.utf8)) else {
      throw TraceError.empty(type: "beam")
    }
    #expect(trace.settings.seed == 9 && trace.settings.choice == .stochastic && trace.lines == run.output)
    let both = try ProgramRun(["beam", "a", "--return", "2", "--format", "jsonl"])
    #expect(
      both.code == 2 && both.errors.contains("--return does not go with --format jsonl"), "\(both.errors)")
  }

  /// The whole program on a pseudo-terminal: the window writes the same lines, and a replay shows the same cells.
  @Test func theWindowWritesTheSameLinesAndIsReplayedFrameByFrame() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/beams.jsonl"
    let pty = try open(["Once upon a time", "--method", "beam", "--beams", "2"])
    try #require(pty.wait(for: "step 0/200"), "\(pty.screen.text)")
    // The rest of the frame.
    _ = pty.wait(seconds: 0.3) { _ in false }
    var frames = [Array(pty.screen.cells.dropFirst().dropLast())]
    for step in 1...200 {
      pty.send(Self.right)
      try #require(pty.wait(for: "step \(step)/200"), "\(pty.screen.text)")
      // The continuations come with the step; the rest of the frame may take a moment.
      if step <= 5 {
        _ = pty.wait(seconds: 0.3) { _ in false }
        frames.append(Array(pty.screen.cells.dropFirst().dropLast()))
      }
      if pty.screen.text.contains("the search ends") { break }
    }
    pty.send("w")
    try #require(pty.wait(for: "write a trace to:"), "\(pty.screen.text)")
    pty.send("\u{15}\(path)\r")
    try #require(pty.wait(for: "steps written to "), "\(pty.screen.text)")
    pty.send("\u{1B}")
    _ = pty.wait { !$0.text.contains("Finished, best first") }
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    let lines = try ProgramRun([
      "beam", "Once upon a time", "--beams", "2", "-n", "200", "--format", "jsonl",
    ]).output
    #expect(try String(contentsOfFile: path, encoding: .utf8) == lines)

    let replay = try open(["replay", path])
    try #require(replay.wait(for: "step 0/200"), "\(replay.screen.text)")
    #expect(replay.screen.text.hasPrefix(" gpt2-viz  replay  storyteller "))
    for (step, frame) in frames.enumerated() {
      if step > 0 { replay.send(Self.right) }
      try #require(replay.wait(for: "step \(step)/200"), "\(replay.screen.text)")
      let isSame = replay.wait { Array($0.cells.dropFirst().dropLast()) == frame }
      #expect(isSame, "\(step)\n\(replay.screen.text)")
    }
    replay.send("\r")
    #expect(replay.wait(for: "a replay has no model"), "\(replay.screen.text)")
    replay.send("q")
    #expect(replay.exitStatus() == 0)
  }

  @Test func plainReplayReadsTheSearch() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("beams.jsonl", try Self.search.get())
    let run = try ProgramRun.shell("printf 'lljq' | gpt2-viz replay '\(path)' --plain")
    #expect(run.code == 0, "\(run.errors)")
    #expect(!run.output.contains("the trace ends"), "\(run.output)")
    for words in ["Beam search, step 0 of at most 24: 3 beams", "step 2 of at most 24", "Chosen: Beam 2"] {
      #expect(run.output.contains(words), "\(words)\n\(run.output)")
    }
  }

  // MARK: The report

  private func text(of markup: String) throws -> String {
    let reader = Reader()
    let parser = XMLParser(data: Data(markup.utf8))
    parser.delegate = reader
    let isWellFormed = parser.parse()
    try #require(isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    return reader.text
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var text = ""
    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    func parser(
      _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) {
      text += " "
    }
  }

  @Test(arguments: ["html", "svg"])
  func theReportShowsTheSearch(ending: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("beams.jsonl", try Self.search.get())
    let out = folder.path + "/beams." + ending
    let run = try ProgramRun(["report", path, "-o", out])
    #expect(run.code == 0 && run.output == "", "\(run.errors)")
    let markup = try String(contentsOfFile: out, encoding: .utf8)
    let (text, trace) = (try text(of: markup), try trace())
    let step = try BeamReportContent(trace, step: nil).step
    for words in [
      "The best text, coloured by the probability of each token", "The tree of the beams", "✓ finished",
      "✕ died",
      "Step \(step): the best ", "repeated 4-grams", "length^0.6",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    for candidate in trace.steps[step - 1].candidates {
      #expect(text.contains(NumberFormat.fixed(candidate.sum, decimals: 3)))
    }
    for finished in try #require(trace.steps.last).finished {
      #expect(text.contains(NumberFormat.fixed(finished.score, decimals: 3)))
    }
    guard ending == "html" else { return }
    // Who dies, and why, of every step.
    for step in trace.steps {
      for death in BeamReportContent.deaths(in: step, trace.settings) {
        #expect(text.contains("beam \(death.beam + 1) \(death.reason)"))
      }
    }
    #expect(!markup.contains("<script") && !markup.contains("url("))
  }

  @Test func whatCannotBeDrawnIsASentence() throws {
    let folder = try TemporaryFolder()
    let lines = try Self.search.get().split(separator: "\n").map(String.init)
    let path = try folder.write("beams.jsonl", lines.joined(separator: "\n"))
    let many = try ProgramRun(["report", path, "--step", "99"])
    #expect(
      many.errors.contains("the trace has no step 99: give --step a number from 1 to \(lines.count - 2)"),
      "\(many.errors)")
    let empty = try folder.write("empty.jsonl", lines[0])
    #expect(try ProgramRun(["report", empty]).errors.contains("there is nothing to draw"))
    let broken = try folder.write(
      "broken.jsonl", lines[0] + "\n" + lines[1].replacing("\"beam\":0", with: "\"beam\":7"))
    for command in ["replay", "report"] {
      let run = try ProgramRun([command, broken])
      #expect(run.code == 1 && run.errors.contains("line 2: \"candidates[0].beam\" must be"), "\(run.errors)")
    }
  }
}
