import ModelTestSupport
import Testing

@testable import LMCore

@Suite struct BeamTraceReaderTests {
  private static func lines(_ name: String = "ends") throws -> [String] {
    let sample = try #require(BeamTraceSamples.all.first { $0.name == name })
    return BeamTraceSamples.trace(of: try BeamTraceSamples.run(sample)).lines.split(separator: "\n").map(
      String.init)
  }

  @Test func aTraceMayEndAnywhereBetweenItsLines() throws {
    let lines = try Self.lines()
    for count in 1..<lines.count {
      let trace = try BeamTraceSamples.read(lines[..<count].joined(separator: "\n"))
      #expect(trace.steps.count == count - 1 && trace.end == nil && trace.cutLine == nil)
    }
    let cut = try BeamTraceSamples.read(lines[..<3].joined(separator: "\n") + "\n" + lines[3].prefix(60))
    #expect(cut.cutLine == 4 && cut.steps.count == 2)
  }

  @Test func blankLinesAndUnknownMembersArePassedOver() throws {
    let text = try Self.lines().joined(separator: "\n")
    let more =
      "\n\r\n"
      + text.replacing("\n", with: "\r\n \n").replacing(#"{"type""#, with: #"{"x":[1],"type""#)
      .replacing(#"{"rank""#, with: #"{"y":{},"rank""#)
    #expect(try BeamTraceSamples.read(more) == BeamTraceSamples.read(text))
  }

  /// Each defect: which line, what stands there, what to put in its place, and the sentence.
  static let defects: [(line: Int, old: String, new: String, sentence: String)] = [
    (
      1, #""num_beams":3"#, #""num_beams":65"#,
      "line 1: \"beam.num_beams\" must be a whole number from 1 to 64"
    ),
    (
      1, #""num_beam_groups":1"#, #""num_beam_groups":2"#,
      "line 1: \"beam\" must be settings of a beam search: "
    ),
    (
      1, #""early_stopping":false"#, #""early_stopping":"often""#,
      "line 1: \"beam.early_stopping\" must be false, true or \"never\""
    ),
    (
      1, #""do_sample":false"#, #""do_sample":true"#,
      "line 1: \"seed\" must be a whole number where beams are drawn"
    ),
    (
      1, #""max_new_tokens":20"#, #""max_new_tokens":0"#,
      "line 1: \"beam.max_new_tokens\" must be a whole number"
    ),
    (
      1, #""eos_token_id":[0,"#, #""eos_token_id":[40,"#,
      "line 1: \"beam.eos_token_id\" must be a list of token ids below 40"
    ),
    (
      1, #""length_penalty":-0.5"#, #""length_penalty":1e999"#,
      "line 1: \"beam.length_penalty\" must be a number"
    ),
    (2, #""index":0"#, #""index":1"#, "line 2: \"index\" must be 0"),
    (
      2, #""parents":[{"ids":[]"#, #""parents":[{"ids":[1]"#,
      "line 2: \"parents[0].ids\" must be those of the beam that lives"
    ),
    (2, #""parents":[{"#, #""parents":[{},{"#, "line 2: \"parents\" must be a list of the 1 beams that live"),
    (2, #""beam":0"#, #""beam":1"#, "line 2: \"candidates[0].beam\" must be a whole number from 0 to 0"),
    (2, #""rank":1"#, #""rank":0"#, "line 2: \"candidates[0].rank\" must be a whole number from 1 to 120"),
    (
      2, #""logprob":-"#, #""logprob":"#,
      "line 2: \"candidates[0].logprob\" must be the logarithm of a probability"
    ),
    (2, #""sum_logprob":-"#, #""sum":-"#, "line 2 has no \"candidates[0].sum_logprob\""),
    (
      2, #""fate":"#, #""fate":"lost","was":"#,
      "line 2: \"candidates[0].fate\" must be one of lives, finished, "
    ),
    (2, #""type":"step""#, #""type":"start""#, "line 2 is not of type \"step\" or \"end\""),
    (
      3, #""sum_logprob":-"#, #""sum_logprob":-1"#,
      "line 3: \"parents[0].sum_logprob\" must be that of the beam"
    ),
  ]

  @Test(arguments: defects.indices)
  func aDefectIsOneSentenceWithItsLine(index: Int) throws {
    let (line, old, new, sentence) = Self.defects[index]
    var lines = try Self.lines()
    let broken = lines[line - 1].replacing(old, with: new, maxReplacements: 1)
    try #require(broken != lines[line - 1], "\(old)\n\(lines[line - 1])")
    lines[line - 1] = broken
    let error = #expect(throws: TraceError.self) {
      try BeamTraceSamples.read(lines.joined(separator: "\n"))
    }
    #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
  }

  /// A finished text must have been finished, with its score; the last line must agree with the last step.
  @Test func whatWasNotFinishedIsRefused() throws {
    func error(_ change: (inout [String]) throws -> Void) throws -> String {
      var lines = try Self.lines()
      let last = lines[lines.count - 2]
      try #require(last.contains(#""finished":[{"ids":["#) && last.contains(#""stop":"#), "\(last)")
      try change(&lines)
      let error = #expect(throws: TraceError.self) {
        try BeamTraceSamples.read(lines.joined(separator: "\n"))
      }
      return error?.description ?? ""
    }
    let step = try Self.lines().count - 2
    #expect(
      try error {
        $0[step] = $0[step].replacing(#""finished":[{"ids":["#, with: #""finished":[{"ids":[0,0,"#)
      }
        == "line \(step + 1): \"finished[0].ids\" must be those of a text that was finished here or before")
    #expect(
      try error { $0[step + 1] = $0[step + 1].replacing(/"reason":"[a-z-]+"/, with: #""reason":null"#) }
        == "line \(step + 2): \"reason\" must be that of the last step")
    #expect(
      try error { $0[step + 1] = $0[step + 1].replacing(/"sequences":\[.*\]/, with: #""sequences":[]"#) }
        .hasPrefix("line \(step + 2): \"sequences\" must be a list of the "))
    #expect(
      try error {
        $0.insert($0[step].replacing("\"index\":\(step - 1)", with: "\"index\":\(step)"), at: step + 1)
      }
        == "line \(step + 2) is not of type \"end\": the search ended before it")
  }

  /// Whatever bytes are changed, the reader answers in one sentence with a line, or with a search that can be shown.
  @Test(arguments: 0..<10)
  func damagedBytesAreRefusedOrRead(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let whole = Array(try Self.lines(seed % 2 == 0 ? "groups" : "stochastic").joined(separator: "\n").utf8)
    var readCount = 0
    for _ in 0..<200 {
      var bytes = whole
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = .random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2:
        let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
        bytes[digits.randomElement(using: &random)!] = 48 + .random(in: 0...9, using: &random)
      default: bytes.removeSubrange(place..<min(place + 40, bytes.count))
      }
      do throws(TraceError) {
        guard case .beams(let trace) = try TraceContent(parsing: bytes) else { continue }
        #expect((0...trace.steps.count).allSatisfy { trace.search(atDepth: $0).depth == $0 })
        readCount += 1
      } catch {
        #expect(!error.description.contains("\n"))
        #expect(error == .empty(type: "start") || error.description.hasPrefix("line "))
      }
    }
    #expect((5..<195).contains(readCount), "\(readCount)")
  }
}
