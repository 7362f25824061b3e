import LMCore
import Testing

@Suite struct TraceReaderTests {
  @Test func aTraceMayEndAnywhereBetweenItsLines() throws {
    let lines = try TraceSamples.lines()
    for count in 1..<lines.count {
      let trace = try Trace(parsing: lines[..<count].joined(separator: "\n"))
      #expect(trace.steps.count == count - 1)
      #expect(trace.end == nil)
    }
  }

  @Test func blankLinesAndUnknownMembersArePassedOver() throws {
    let text = try TraceSamples.trace(rowCount: 3).lines
    let more =
      "\n\r\n" + text.replacing("\n", with: "\r\n \n").replacing(#"{"type""#, with: #"{"x":[1],"type""#)
    #expect(try Trace(parsing: more) == Trace(parsing: text))
  }

  /// Each defect: which line, what stands there, what to put in its place, and the sentence.
  static let defects: [(line: Int, old: String, new: String, sentence: String)] = [
    (1, #""start""#, #""begin""#, "line 1 is not of type \"start\", so the file is no trace"),
    (
      1, #""version":1"#, #""version":3"#,
      "line 1 says version 3, but this gpt2-viz reads up to version 2; update it"
    ),
    (1, #""ids":[3,1,4]"#, #""ids":[3,1]"#, "line 1: \"tokens\" must be a list as long as \"ids\""),
    (1, #""ids":[3,1,4]"#, #""ids":[3,1,40]"#, "line 1: \"ids\" must be a list of token ids below 40"),
    (
      1, #""vocab_size":40"#, #""vocab_size":99999999999"#,
      "line 1: \"vocab_size\" must be a whole number from 1 to 16777216"
    ),
    (
      1, #""seed":42"#, #""seed":-1"#,
      "line 1: \"seed\" must be a whole number from 0 to 18446744073709551615"
    ),
    (1, #""top_p":1"#, #""top_p":2"#, "line 1: \"settings\" must be settings of the sampler chain: "),
    (1, #""order":"hf""#, #""order":"x""#, "line 1: \"settings.order\" must be one of hf, llama.cpp"),
    (2, #""index":0"#, #""index":1"#, "line 2: \"index\" must be 0"),
    (2, #""forced":false"#, #""forced":0"#, "line 2: \"forced\" must be true or false"),
    (2, #""draw":{"#, #""drew":{"#, "line 2 has no \"draw\""),
    (2, #""draw":{"u":"#, #""draw":{"u":1"#, "line 2: \"draw.u\" must be a number from 0 to 1"),
    (2, #""kept":40"#, #""kept":0"#, "line 2: \"kept\" must be a whole number from 1 to 40"),
    (
      2, #"{"rank":2"#, #"{"rank":1"#,
      "line 2: \"rows[1].rank\" must be a rank below the one before, from 2 on"
    ),
    (2, #""type":"step""#, #""type":"start""#, "line 2 is not of type \"step\" or \"end\""),
    (3, #""type""#, #"type"#, "line 3 is not JSON: a member name in quotes is missing at byte 1"),
    (
      4, #""binding":"top_p""#, #""binding":"top_q""#,
      "line 4: \"binding\" must be one of temperature, top_k, "
    ),
    (
      8, #""reason":"length""#, #""reason":"bored""#, "line 8: \"reason\" must be one of length, eos, context"
    ),
  ]

  @Test(arguments: defects.indices)
  func aDefectIsOneSentenceWithItsLine(index: Int) throws {
    let (line, old, new, sentence) = Self.defects[index]
    var lines = try TraceSamples.lines()
    let broken = lines[line - 1].replacing(old, with: new, maxReplacements: 1)
    try #require(broken != lines[line - 1], "\(lines[line - 1])")
    lines[line - 1] = broken
    let error = #expect(throws: TraceError.self) { try Trace(parsing: lines.joined(separator: "\n")) }
    #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
  }

  @Test func whatIsNoTraceIsNamed() {
    func error(_ text: String) -> String {
      do throws(TraceError) { _ = try Trace(parsing: text) } catch { return "\(error)" }
      return ""
    }
    #expect(error("") == "the file is empty; it should begin with a line of type \"start\"")
    #expect(error("\n\n") == error(""))
    #expect(error("{}") == "line 1 is not of type \"start\", so the file is no trace")
    #expect(error("\n[1]") == "line 2 is not an object")
    #expect(error("\u{1}").hasPrefix("line 1 is not JSON: "))
  }

  @Test func nothingFollowsTheEnd() throws {
    var lines = try TraceSamples.lines()
    lines.append(lines[1])
    let text = lines.joined(separator: "\n")
    #expect(throws: TraceError.unexpectedLine(line: 9, wanted: "expected: the trace ended before it")) {
      try Trace(parsing: text)
    }
  }

  /// Whatever bytes are changed, the reader answers in one sentence with a line, or with what can be shown.
  @Test(arguments: 0..<20)
  func damagedBytesAreRefusedOrRead(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let whole = Array(try TraceSamples.trace(rowCount: 4).lines.utf8)
    var readCount = 0
    for _ in 0..<250 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) { Self.damage(&bytes, using: &random) }
      do throws(TraceError) {
        try show(Trace(parsing: bytes))
        readCount += 1
      } catch {
        #expect(!error.description.contains("\n"))
        #expect(error == .empty(type: "start") || error.description.hasPrefix("line "))
      }
    }
    // Both happen, or the damage is too small or too great to tell anything.
    #expect((10..<240).contains(readCount), "\(readCount)")
  }

  private static func damage(_ bytes: inout [UInt8], using random: inout RandomSource) {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
    switch Int.random(in: 0..<7, using: &random) {
    case 0: bytes[place] = .random(in: 0...255, using: &random)
    case 1: bytes.remove(at: place)
    case 2: bytes[digits.randomElement(using: &random)!] = 48 + .random(in: 0...9, using: &random)
    case 3: bytes.insert(UInt8(ascii: "9"), at: digits.randomElement(using: &random)!)
    case 4: bytes.insert(UInt8(ascii: "-"), at: digits.randomElement(using: &random)!)
    case 5: bytes.removeSubrange(place..<min(place + 40, bytes.count))
    default: bytes.insert(contentsOf: Array("e308".utf8), at: digits.randomElement(using: &random)!)
    }
  }

  /// What the screen asks of a trace.
  private func show(_ trace: Trace) {
    for depth in 0...trace.steps.count {
      guard let recording = trace.decision(atDepth: depth) else { continue }
      let decision = Decision(recording, vocabularySize: trace.start.model.vocabularySize)
      let distribution = decision.distribution
      for id in distribution.belief.knownIDs.prefix(100) {
        _ = distribution.interval(of: id)
        _ = distribution.row(of: id).map { distribution.cumulativeAfter(atRank: $0.rank) }
      }
      _ = distribution.token(at: decision.draw.u)
    }
  }
}
