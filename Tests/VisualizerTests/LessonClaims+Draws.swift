import LMCore

/// What the sentences of the last lessons with the basics say, in numbers of their own screens.
extension LessonClaims {
  static let nucleus = [
    LessonStepClaims(
      .explains("On the left is what", "a definition"),
      .says("As long as no filter is on") { step in
        let rows = step.first.rows
        return Evidence(
          "\(rows.count) rows, equal on both sides",
          !rows.isEmpty && rows.allSatisfy { $0.after == $0.before })
      }, .asks("Press n"),
      plain: [.explains("The report gives each token", "a definition")]),
    LessonStepClaims(
      .says("Top-p 0.95: tokens are kept") { step in
        let cut = step.first.cut!
        return Evidence("kept \(cut.kept), mass \(cut.mass)", cut.mass >= 0.95 && cut.mass < 0.96)
      },
      .says("All others are out.") { step in
        let out = step.first.tails.last!
        return Evidence("the last row is removed", out.after == nil)
      },
      .says("Press p to lower p") { step in
        let kept = try (step.screens + [step.after]).map { try $0.kept }
        return Evidence("kept \(kept.map(String.init).joined(separator: " "))", kept == kept.sorted(by: >))
      },
      plain: [
        .says("Top-p 0.95: tokens are kept") { $0.heard(" tokens are kept, ") },
        .says("Press p to lower p") { $0.heard("top-p makes the cut") },
      ]),
    LessonStepClaims(
      .explains("The thin line across", "what the two lines are"),
      .says("The token that carries the sum") { step in
        let cut = step.first.cut!
        let last = try step.first.row(cut.kept)
        return Evidence(
          "kept \(cut.kept), mass \(cut.mass), without rank \(cut.kept) \(NumberFormat.fixed(cut.mass - last.before, decimals: 3))",
          cut.mass > 0.7 && cut.mass - last.before < 0.7)
      }, .asks("Press P to raise"),
      plain: [
        .says("The token that carries the sum") {
          Evidence("mass \($0.first.cut!.mass)", $0.first.cut!.mass > 0.7)
        }
      ]),
    LessonStepClaims(
      .says("The right bars are longer") { step in
        let rows = step.first.rows.filter { $0.after != nil }
        return Evidence(
          "rank 1 \(percent(rows[0].before)) → \(percent(rows[0].after!))",
          rows.allSatisfy { $0.after! > $0.before })
      },
      .says("Below, in the draw") {
        Evidence("u = \($0.first.u ?? -1) on \(try $0.first.next.label)", $0.first.u != nil)
      },
      .says("Press r to draw") { step in
        Evidence("u \(step.first.u ?? -1) → \(step.after.u ?? -1)", step.first.u != step.after.u)
      },
      plain: [
        .says("The second percentages are larger") { $0.heard("%, then ") },
        .says("They lie side by side") { $0.heard("with u ") },
      ]),
    LessonStepClaims(
      .says("The model was not asked again") { step in
        let (old, new) = (step.earlier[3].last, step.first)
        return Evidence(
          "u \(old.u ?? -1) on \(try old.next.label), u \(new.u ?? -1) on \(try new.next.label)",
          try old.next.label != new.next.label && sameRows(old, new, \.before))
      },
      .asks("Press → to append"),
      .explains("Space plays, and stops there.", "LessonTests.playStopsWhereTheConditionIsMet"),
      .explains("Watch the line", "the next caption says what it shows"),
      plain: [
        .says("A loop would be reported.") { step in
          Evidence("none is", !step.heard.contains { $0.hasPrefix("Loop") })
        }
      ]),
    LessonStepClaims(
      .says("With this seed no phrase repeats.") { step in
        Evidence(
          "loop none at step 40", step.first.loop == nil && step.first.lines(with: "loop none").count == 1)
      },
      .explains("A draw can leave a phrase", "what a draw can do, by its definition"),
      .asks("Now be the sampler yourself"),
      plain: [.asks("Now be the sampler yourself")]),
    LessonStepClaims(
      .says("The token is part of the text") { Evidence("step 41", $0.first.title.contains("step 41")) },
      .explains("← takes it back.", "keys"), .explains("> opens the next lesson", "keys"),
      plain: [
        .says("The token is part of the text") { Evidence("step 41", $0.first.title.contains("step 41")) }
      ]),
  ]

  static let humanText = [
    LessonStepClaims(
      .says("A tale by Beatrix Potter begins") { step in
        Evidence("the author's \(try step.first.author.label) is next", try step.first.author.label == "Once")
      },
      .explains("The model has not read it", "Documentation/storyteller/SOURCES.md lists what it has read"),
      .says("The line above the draw") { step in
        let line = step.first.lines(with: "The author: ").first ?? ""
        return Evidence("it names \(try step.first.author.label)", line.hasPrefix("├─"))
      }, .asks("Press → to go there."),
      plain: [
        .explains("The model has not read it", "Documentation/storyteller/SOURCES.md lists what it has read"),
        .says("The report ends with") { $0.heard("The author's: ") },
      ]),
    LessonStepClaims(
      .says("The same line gives") { step in
        let author = try step.first.author
        return Evidence("rank \(author.rank), \(percent(author.share))", author.rank > 0)
      }, .asks("Go on to step 20"),
      plain: [.says("The report ends with") { $0.heard("The author's: ") }, .asks("Go on to step 20")]),
    LessonStepClaims(
      .says("The tokens of a name") { step in
        let tokens = try authorsTokens(step)
        let start = tokens.firstIndex { $0.label == "␣L" } ?? 0
        let (name, comma) = (tokens[start..<start + 3], tokens[start + 3])
        return Evidence(
          (name + [comma]).map { "\($0.label) \(percent($0.share))" }.joined(separator: ", "),
          name.map(\.label) == ["␣L", "uc", "ie"] && name.allSatisfy { $0.share < 0.02 } && comma.label == ","
            && comma.share > 0.3)
      },
      .says("See \"p(chosen)\" in the history") { step in
        let shares = try authorsTokens(step).map(\.share)
        return Evidence(
          "from \(percent(shares.min()!)) to \(percent(shares.max()!))", shares.max()! > 100 * shares.min()!)
      }, .asks("Press c to let the model")),
    LessonStepClaims(
      .says("A is the author") { step in
        Evidence("A author, B greedy", step.first.lines(with: "A author").first?.contains("B greedy") == true)
      }, .asks("Take both to step 70"),
      .says("Compare the two lines of p(chosen)") { step in
        Evidence("two lines", step.first.lanes.allSatisfy { $0.lines(with: "│ p(chosen)").count == 1 })
      },
      plain: [.says("Compare the probabilities") { $0.heard("B, Step ") }]),
    LessonStepClaims(
      .says("The greedy text hardly ever") { step in
        let lanes = step.first.lanes
        let repeated = try lanes.map { try $0.repeatedFourGrams }
        let perplexity = try lanes.map { try $0.perplexity }
        return Evidence(
          "perplexity \(perplexity[0]) and \(perplexity[1]), repeated 4-grams \(percent(repeated[0])) and \(percent(repeated[1]))",
          perplexity[0] > 4 * perplexity[1] && repeated[1] > repeated[0])
      }, .explains("Compare the perplexities", "the numbers of the sentence before"),
      .explains("People do not write", "what the numbers before lead to"),
      .explains("> opens the next lesson", "keys"),
      plain: [.explains("Ctrl-L says", "keys")]),
  ]
}
