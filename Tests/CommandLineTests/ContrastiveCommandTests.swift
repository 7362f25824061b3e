import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

/// `generate --contrastive` on the built-in model.
@Suite struct ContrastiveCommandTests {
  private func generate(_ options: [String], _ format: String = "jsonl") throws -> ProgramRun {
    try ProgramRun(["generate", "Once upon a time", "-n", "12", "--format", format] + options)
  }

  @Test func eachStepHasItsCandidates() throws {
    let lines = try generate(["--contrastive", "0.6", "-k", "5", "--no-stop-at-eos"]).jsonLines()
    #expect(lines[0]["penalty_alpha"]?.double == 0.6 && lines[0]["settings"]?["top_k"] == 5)
    let steps = lines.filter { $0["type"] == "step" }
    #expect(steps.count == 12)
    for step in steps {
      let rows = try #require(step["contrastive"]?.array)
      #expect(
        rows.count == 5
          && rows[0].members?.map(\.name) == [
            "id", "p", "similarity", "nearest", "score", "token", "piece",
          ])
      let best = try #require(rows.max { $0["score"]?.double ?? 0 < $1["score"]?.double ?? 0 })
      #expect(best["id"] == step["id"] && step["forced"] == true)
      let (p, similarity) = (try #require(best["p"]?.double), try #require(best["similarity"]?.double))
      #expect(abs(try #require(best["score"]?.double) - (0.4 * p - 0.6 * similarity)) < 1e-12)
      #expect(abs(p - (try #require(step["before"]?.double))) < 1e-9)
    }
  }

  /// Without weight, and with one candidate, it is greedy decoding; the default are four candidates.
  @Test func itsLimitsAreGreedyDecoding() throws {
    let greedy = try generate(["--greedy"], "text").output
    #expect(try generate(["--contrastive", "0"], "text").output == greedy)
    #expect(try generate(["--contrastive", "0.6", "-k", "1"], "text").output == greedy)
    let text = try generate(["--contrastive", "0.6"], "text")
    #expect(text.output != greedy && text.errors.isEmpty)
    #expect(
      try generate(["--contrastive", "0.6", "-k", "4", "--threads", "1"], "text").output == text.output)
  }

  /// A trace that is replayed and reported as every other.
  @Test func itsTraceIsOne() throws {
    let trace = try generate(["--contrastive", "0.6"])
    let read = try Trace(parsing: Array(trace.output.utf8))
    #expect(read.steps.count == 12 && read.steps.allSatisfy(\.isForced))
    // Nobody draws: the replay must not show a draw.
    #expect(read.start.settings.isGreedy)
    #expect(read.contrastive == ContrastiveSettings() && read.lines == trace.output)
  }

  /// Replay and report tell what chose each token, and speak of no other rule.
  @Test func replayAndReportTellIt() throws {
    let folder = try TemporaryFolder()
    let trace = try generate(["--contrastive", "0.6"]).output
    let path = try folder.write("con.jsonl", trace)
    let run = try ProgramRun.shell("printf 'lllq' | gpt2-viz replay '\(path)' --plain")
    #expect(run.code == 0, "\(run.errors)")
    for words in ["Contrastive search: alpha 0.6, k 4, step 3.", "Candidate 4: ", ", taken."] {
      #expect(run.output.contains(words), "\(words)\n\(run.output)")
    }
    let steps = try Trace(parsing: Array(trace.utf8)).steps
    let turned = try #require(steps.first { $0.rank > 1 })
    for ending in ["html", "svg"] {
      let out = folder.path + "/con." + ending
      let report = try ProgramRun(["report", path, "-o", out, "--step", "\(turned.index + 1)"])
      #expect(report.code == 0, "\(report.errors)")
      let text = try String(contentsOfFile: out, encoding: .utf8)
      for words in [
        "contrastive search: alpha 0.6, k 4", "Step \(turned.index + 1): contrastive search takes ",
        "The candidates of contrastive search", "◀ taken", "similarity",
      ] { #expect(text.contains(words), "\(words)") }
      for words in ["argmax", "◁ draw", "◀ forced", ", forced", "greedy"] {
        #expect(!text.contains(words), "\(words)")
      }
    }
  }

  @Test(arguments: [
    (["--contrastive", "1.5"], "--contrastive takes a number from 0 to 1"),
    (["--contrastive", "0.6", "-p", "0.9"], "top-p shapes what is drawn"),
    (["--contrastive", "0.6", "--greedy"], "temperature shapes what is drawn"),
    (["--contrastive", "0.6", "-k", "65"], "must be a whole number from 1 to 64"),
    (["--contrastive", "0.6", "--seed", "3"], "--contrastive does not go with --seed: it draws nothing"),
    (["--contrastive", "0.6", "--seed-like", "llama.cpp"], "--contrastive does not go with --seed-like"),
  ])
  func wrongWordsAreSaid(options: [String], sentence: String) throws {
    let run = try generate(options)
    #expect(run.code == 2 && run.errors.contains(sentence), "\(run.errors)")
  }

  /// A seed among one's defaults is for texts that are drawn.
  @Test func aSeedOfTheDefaultsIsNoContradiction() throws {
    let run = try ProgramRun(
      ["generate", "Once", "-n", "3", "--contrastive", "0.6"], environment: ["GPT2_VIZ_SEED": "4"])
    #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
  }

  /// The visualizer opens with the search, whose text is that of `generate`; Enter takes it.
  @Test func theVisualizerOpensWithIt() throws {
    let run = try ProgramRun(
      ["--plain", "Once upon a time", "--contrastive", "0.6", "-k", "5", "-p", "0.9", "--seed", "1"],
      input: Array("llllllllllll<Enter><Ctrl-L>q".utf8))
    #expect(
      run.code == 0 && run.output.contains("Contrastive search: alpha 0.6, k 5, step 12."), "\(run.output)")
    let text = try generate(["--contrastive", "0.6", "-k", "5", "--no-stop-at-eos"], "text").output
    #expect(run.output.contains("\nText: " + text), "\(run.output)")
  }

  @Test(arguments: [
    (["--contrastive", "2"], 2, "--contrastive takes a number from 0 to 1"),
    (["--contrastive", "0.6", "-k", "65"], 2, "must be a whole number from 1 to 64"),
    (["--contrastive", "0.6", "--method", "beam"], 2, "each opens the screen with a search of its own"),
    (
      ["--contrastive", "0.6", "-m", "http://192.0.2.1:8080"], 1,
      "contrastive search compares the model's hidden states, which only a model on this machine tells"
    ),
  ])
  func theVisualizerRefuses(options: [String], code: Int32, sentence: String) throws {
    let run = try ProgramRun(["--plain", "Once upon a time"] + options, input: Array("q".utf8))
    #expect(run.code == code && run.errors.contains(sentence), "\(run.errors)")
  }
}
