import ModelTestSupport
import Testing

@testable import LMCore

/// Recorded beam searches.
@Suite struct BeamTraceTests {
  /// Every step comes back as it was: beams, continuations, noise, finished texts, scores.
  @Test(arguments: BeamTraceSamples.all.indices)
  func aSearchIsReadAsItWasWritten(index: Int) throws {
    let sample = BeamTraceSamples.all[index]
    let run = try BeamTraceSamples.run(sample)
    let trace = BeamTraceSamples.trace(of: run)
    let read = try BeamTraceSamples.read(trace.lines)
    #expect(read.steps.count == run.madeCount && run.search.stop != nil, "\(sample.name)")
    for (one, other) in zip(read.steps, run.madeSteps) { #expect(one == other, "\(sample.name)") }
    #expect(read == trace && read.lines == trace.lines, "\(sample.name)")
    #expect(read.settings == sample.settings.recorded)
    #expect((read.limit, read.endOfText) == (sample.limit, sample.ends))
    #expect(read.end?.reason == run.search.stop && read.end?.texts.count == run.search.finished.count)
  }

  @Test(arguments: BeamTraceSamples.all.indices)
  func theSearchAtEachStepComesBack(index: Int) throws {
    let run = try BeamTraceSamples.run(BeamTraceSamples.all[index])
    let trace = try BeamTraceSamples.read(BeamTraceSamples.trace(of: run).lines)
    for depth in 0...run.madeCount {
      run.jump(toDepth: depth)
      let search = trace.search(atDepth: depth)
      #expect(search.live == run.search.live && search.finished == run.search.finished)
      #expect(search.depth == depth && search.stop == run.search.stop)
    }
  }

  /// The samples show what they are for, or the tests above would say nothing.
  @Test func theSamplesHaveEveryFate() throws {
    var fates: Set<BeamCandidate.Fate.Name> = []
    var stops: Set<BeamStep.Stop> = []
    for sample in BeamTraceSamples.all {
      let run = try BeamTraceSamples.run(sample)
      fates.formUnion(run.madeSteps.flatMap { $0.candidates.map(\.fate.name) })
      if let stop = run.search.stop { stops.insert(stop) }
    }
    #expect(fates == Set(BeamCandidate.Fate.Name.allCases), "\(fates)")
    #expect(stops == Set(BeamStep.Stop.allCases), "\(stops)")
  }

  @Test func aSearchUnderWayHasItsCursorAndNoReason() throws {
    let run = try BeamTraceSamples.run(BeamTraceSamples.all[0], steps: 5)
    run.back()
    run.back()
    let trace = BeamTraceSamples.trace(of: run)
    #expect(trace.steps.count == 5 && trace.end?.cursor == 3 && trace.end?.reason == nil)
    #expect(try BeamTraceSamples.read(trace.lines) == trace)
    // Nothing was moved.
    #expect(run.depth == 3)
    let empty = BeamTraceSamples.trace(of: try BeamTraceSamples.run(BeamTraceSamples.all[0], steps: 0))
    #expect(try BeamTraceSamples.read(empty.lines) == empty)
  }

  /// The settings have the names of `transformers`, and a seed stands where something is drawn.
  @Test func theStartNamesTheSearch() throws {
    func start(_ name: String) throws -> JSON {
      let sample = try #require(BeamTraceSamples.all.first { $0.name == name })
      return try JSON(parsing: BeamTraceSamples.trace(of: BeamTraceSamples.run(sample)).startLine)
    }
    let plain = try start("plain")
    #expect(
      plain["beam"]?.members?.map(\.name) == [
        "num_beams", "length_penalty", "early_stopping", "num_beam_groups", "diversity_penalty", "do_sample",
        "max_new_tokens", "eos_token_id",
      ])
    #expect(plain["version"] == JSON(2) && plain["seed"] == .null)
    #expect(plain["beam"]?["early_stopping"] == false && plain["beam"]?["num_beam_groups"] == JSON(1))
    #expect(try start("never")["beam"]?["early_stopping"] == "never")
    #expect(try start("immediate")["beam"]?["early_stopping"] == true)
    let groups = try start("groups")["beam"]
    #expect(groups?["num_beam_groups"] == JSON(2) && groups?["diversity_penalty"] == JSON(0.8))
    let drawn = try start("drawn")
    #expect(drawn["seed"] == JSON(UInt64.max) && drawn["beam"]?["do_sample"] == true)
    #expect(drawn["settings"]?["top_p"] == JSON(0.9) && drawn["beam"]?["stochastic"] == nil)
    #expect(try start("stochastic")["beam"]?["stochastic"] == true)
  }

  @Test func aTraceOfTextsIsNoSearchAndTheOtherWayRound() throws {
    let search = BeamTraceSamples.trace(of: try BeamTraceSamples.run(BeamTraceSamples.all[0])).lines
    let error = #expect(throws: TraceError.self) { try Trace(parsing: search) }
    #expect(error?.description == "line 1 is not the start of a text: it begins a beam search")
    let text = try TraceSamples.trace(rowCount: 3)
    #expect(try TraceContent(parsing: Array(text.lines.utf8)) == .texts([text]))
    // A search stands alone in its file.
    for two in [search + search, search + text.lines, text.lines + search] {
      let error = #expect(throws: TraceError.self) { try TraceContent(parsing: Array(two.utf8)) }
      #expect(error?.description.contains("the trace ended before it") == true, "\(error?.description ?? "")")
    }
  }
}
