import LMCore

/// What the sentences of the first lessons with the basics say, in numbers of their own screens.
extension LessonClaims {
  static let greedyLoops = [
    LessonStepClaims(
      .says("The model gives every token", everythingSumsToOne),
      .explains("A decoding strategy makes", "a definition"), .asks("Press g for the simplest"),
      plain: [.says("The model gives every token", everythingSumsToOne)]),
    LessonStepClaims(
      .says("Now the first row") { step in
        let rows = try step.allRows(of: 1)
        return Evidence(
          "rank 1 is marked \(rows.map { $0.mark ?? "nothing" }.joined(separator: ", "))",
          rows.allSatisfy { $0.mark == "taken" })
      }, .asks("Press → to append it"),
      plain: [.says("Now the first token of the list is taken") { $0.heard(", taken.") }]),
    LessonStepClaims(
      .asks("Go on with →"),
      .says("Watch the line") { step in
        let copies = step.after.loop?.copies ?? 0
        return Evidence(
          "the meter: none, then ×\(copies)", step.screens.allSatisfy { $0.loop == nil } && copies == 3)
      },
      plain: [.says("The report says when") { $0.heard("Loop: ") }]),
    LessonStepClaims(
      .says("A loop!") { Evidence("×\($0.first.loop?.copies ?? 0)", $0.first.loop?.copies == 3) },
      .says("Behind the phrase stands") { step in
        let loop = try step.first.foundLoop
        return Evidence("first \(percent(loop.first)), last \(percent(loop.last))", loop.first < loop.last)
      },
      .asks("Press Space, or →"),
      .explains("Does the phrase wear out?", "a question, answered in the next caption"),
      plain: [.says("With the phrase the report says") { $0.heard("with mean probabilities of ") }]),
    LessonStepClaims(
      .says("No.") { step in
        let loop = try step.first.foundLoop
        return Evidence(
          "×\(loop.copies): first \(percent(loop.first)), last \(percent(loop.last))", loop.first < loop.last)
      },
      .says("From the first copy to the second") { _ in
        let means = try greedyToTheEnd.get().means
        let later = means[1...]
        return Evidence(
          "copies \(means.prefix(8).map(percent).joined(separator: " ")), then \(percent(later.min()!)) to \(percent(later.max()!))",
          later.min()! > means[0] * 1.3 && later.min()! > 0.5)
      },
      .says("So greedy decoding has no way out") { _ in
        let end = try greedyToTheEnd.get()
        return Evidence(
          "×\(end.means.count) at the end of \(end.tokens) tokens", end.tokens == 512 && end.isLooping)
      },
      .asks("Press Home")),
    LessonStepClaims(
      .says("Press c to see two strategies") { step in
        let titles = step.after.lines(with: "A greedy").first { $0.contains("B nucleus") }
        return Evidence("A greedy, B nucleus", titles != nil)
      },
      .says("The prompt is the same.") { step in
        let texts = step.after.lanes.map(\.text)
        return Evidence(
          "both: \(texts[0].prefix(24))…", texts[0].filter { $0 != " " } == texts[1].filter { $0 != " " })
      },
      plain: [.says("Press c to run two strategies") { $0.heard("Two texts, A and B, with the same prompt") }]
    ),
    LessonStepClaims(
      .says("→ now steps both texts") { step in
        let steps =
          step.last.lines(with: "A greedy").last?.matches(of: /step (\d+)/).map { $0.output.1 } ?? []
        return Evidence("steps \(steps.joined(separator: " and "))", steps.count == 2 && steps[0] == steps[1])
      },
      .says("Take them to where the left one") { step in
        let loops = step.after.lanes.map(\.loop)
        return Evidence(
          "left ×\(loops[0]?.copies ?? 0), right \(loops[1] == nil ? "none" : "a loop")",
          loops[0] != nil && loops[1] == nil)
      },
      .says("The token at which they part") { step in
        let texts = step.last.lanes.map(\.text)
        return Evidence("the texts differ", texts[0] != texts[1])
      },
      plain: [
        .asks("Take them to where A"),
        .says("The report says where they part.") { $0.heard("Here the texts part.") },
      ]),
    LessonStepClaims(
      .says("The left text is in its loop again") { step in
        let loops = step.first.lanes.map(\.loop)
        return Evidence(
          "left ×\(loops[0]?.copies ?? 0), right \(loops[1] == nil ? "none" : "a loop")",
          loops[0] != nil && loops[1] == nil)
      },
      .explains("A draw can leave a phrase", "what the two strategies can do, by their definitions"),
      .explains("Tab changes the side", "keys"), .explains("> opens the next lesson", "keys"),
      plain: [
        .says("A is in its loop again") { step in
          let loops = step.first.lanes.map(\.loop)
          return Evidence("A ×\(loops[0]?.copies ?? 0), B none", loops[0] != nil && loops[1] == nil)
        }, .explains("Tab changes the text", "keys"),
      ]),
  ]

  static let temperature = [
    LessonStepClaims(
      .explains("Temperature divides the scores", "a definition"),
      .says("It stands in the title") { step in
        let rows = step.first.rows
        let isEqual = rows.allSatisfy { $0.after == $0.before }
        return Evidence(
          "title T 1.00; \(rows.count) rows, \(isEqual ? "each equal on both sides" : "not all equal")",
          isEqual && !rows.isEmpty && step.first.title.contains("T 1.00"))
      }, .asks("Press t three times"),
      plain: [
        .says("T 1.00 changes nothing") { step in
          let isPlain = !step.heard.contains { $0.contains("%, then ") }
          return Evidence("no \"then\" in the first report", isPlain || step.screens.count > 1)
        }
      ]),
    LessonStepClaims(
      .says("The right bars are steeper now") { step in
        let rows = step.first.rows
        let tails = step.first.tails.compactMap { tail in tail.after.map { (tail.before, $0) } }
        return Evidence(
          "rank 1 \(percent(rows[0].before)) → \(percent(rows[0].after!)), not listed \(percent(tails[0].0)) → \(percent(tails[0].1))",
          rows[0].after! > rows[0].before && tails[0].1 < tails[0].0)
      },
      .says("The order stays") { step in
        let after = step.first.rows.compactMap(\.after)
        return Evidence(
          "\(after.count) rows, falling, none removed",
          after.count == step.first.rows.count && after == after.sorted(by: >))
      },
      .says("Press t on to T 0.30") { step in
        let entropies = try (step.screens + [step.after]).map { try $0.entropy.after }
        return Evidence(
          "entropy \(entropies.map { NumberFormat.fixed($0, decimals: 2) }.joined(separator: " "))",
          entropies == entropies.sorted(by: >))
      },
      plain: [
        .says("The second percentages are steeper") { $0.heard("%, then ") },
        .says("Press t on to T 0.30, and listen") { $0.heard(" bits.") },
      ]),
    LessonStepClaims(
      .explains("Cooler still", "a definition"), .asks("Now the other way")),
    LessonStepClaims(
      .says("The right bars are short.") { step in
        let rows = step.first.rows
        return Evidence(
          "rank 1 \(percent(rows[0].before)) → \(percent(rows[0].after!))",
          rows.allSatisfy { $0.after! < $0.before } || rows[0].after! < rows[0].before * 0.6)
      },
      .says("Look at the last row") { step in
        let tail = step.first.tails.last!
        let seen = step.first.rows.compactMap(\.after).reduce(0, +)
        return Evidence(
          "not listed \(percent(tail.after!)), all rows \(percent(seen))",
          tail.after! > seen && tail.count > 2000)
      }, .asks("Press → ten times"),
      plain: [
        .says("The second percentages are small") { $0.heard("%, then ") },
        .says("Thousands of tokens are not listed") { step in
          let five = step.first.rows.prefix(5).compactMap(\.after).reduce(0, +)
          return Evidence("the first five \(percent(five))", five < 0.5)
        }, .asks("Press → ten times and listen"),
      ]),
    LessonStepClaims(
      .says("Some of these tokens came") { step in
        let screens = step.earlier[3].screens
        let fromTail = try screens.filter { screen in
          let next = try screen.next.label
          return !screen.rows.contains { $0.label == next }
        }.map { try $0.next.label }
        return Evidence("not among the rows: \(fromTail.joined(separator: " "))", fromTail.count >= 2)
      }, .asks("Press Home")),
    LessonStepClaims(.asks("Press t down to T 0.70")),
    LessonStepClaims(
      .says("The text is tamer") { step in
        let (hot, cool) = (try step.earlier[3].after.perplexity, try step.first.perplexity)
        return Evidence("perplexity \(hot) at T 1.50, \(cool) at T 0.70", cool < hot / 4)
      },
      .explains("But temperature treats all tokens alike", "what the definition says"),
      .explains("For that there are filters", "keys"),
      plain: [
        .says("The text is tamer.") { step in
          let (hot, cool) = (try step.earlier[3].after.perplexity, try step.first.perplexity)
          return Evidence("perplexity \(hot), then \(cool)", cool < hot / 4)
        }
      ]),
  ]

  static let topKVersusTopP = [
    LessonStepClaims(
      .explains("To a what?", "a question"),
      .says("Much may follow here") { step in
        let row = try step.first.row(1)
        return Evidence(
          "rank 1 has \(percent(row.before)), entropy \(try step.first.entropy.before) bits", row.before < 0.1
        )
      },
      .says("Top-k sampling keeps") { Evidence("kept \(try $0.first.kept)", try $0.first.kept == 40) },
      .says("The dotted line says which share") {
        Evidence(
          "mass \($0.first.cut?.mass ?? 0)", $0.first.cut.map { $0.text.contains("\($0.mass)") } ?? false)
      },
      .asks("Press ] to raise k"),
      plain: [
        .says("The report says which share") { $0.heard("of the probability") }, .asks("Press ] to raise k"),
      ]),
    LessonStepClaims(
      .says("So many tokens it takes") { step in
        let cut = step.first.cut!
        return Evidence("kept \(cut.kept), mass \(cut.mass)", cut.kept > 300 && cut.mass >= 0.9)
      },
      .says("With k = 40 most of them") { Evidence("40 of \(try $0.first.kept)", try $0.first.kept > 80) },
      .asks("Now for another prompt"),
      plain: [
        .says("So many tokens it takes.") { Evidence("kept \(try $0.first.kept)", try $0.first.kept > 300) }
      ]),
    LessonStepClaims(
      .says("Here the model is nearly sure") { step in
        let row = try step.first.row(1)
        return Evidence(
          "rank 1 has \(percent(row.before)), entropy \(try step.first.entropy.before) bits", row.before > 0.7
        )
      },
      .says("But 40 tokens are still kept") { step in
        let five = try step.first.row(5).before
        return Evidence(
          "kept \(try step.first.kept), rank 5 has \(percent(five))",
          try step.first.kept == 40 && five < 0.005)
      }, .asks("Press [ to lower k")),
    LessonStepClaims(
      .says("So a k that is right here") {
        Evidence("\(try $0.first.kept) here, 40 and more there", try $0.first.kept <= 5)
      },
      .explains("Top-p sampling does not count", "a definition"),
      .asks("Press n for the nucleus")),
    LessonStepClaims(
      .says("Four tokens reach 95 percent") { step in
        let cut = step.first.cut!
        return Evidence("kept \(cut.kept), mass \(cut.mass)", cut.kept == 4 && cut.mass >= 0.95)
      },
      .says("The thin line across") { step in
        Evidence("the bars show ┊ of p", step.first.lines(with: "┊").count > 0)
      }, .asks("Press P to raise p")),
    LessonStepClaims(
      .says("Out in the tail") { step in
        let cut = step.first.cut!
        return Evidence("4 tokens to 0.95, \(cut.kept) to \(cut.mass)", cut.kept > 40)
      }, .asks("Press > to go back")),
    LessonStepClaims(
      .says("The same p = 0.95") { Evidence("kept \(try $0.first.kept)", try $0.first.kept >= 200) },
      .asks("Now press → and"), .asks("Take twelve steps"),
      plain: [
        .says("The same p = 0.95") { Evidence("kept \(try $0.first.kept)", try $0.first.kept >= 200) },
        .asks("Now press → and listen"),
      ]),
    LessonStepClaims(
      .says("The number of kept tokens goes up and down") { step in
        let screens = step.earlier[6].screens
        let kept = try screens.map { try $0.kept }
        let narrow = try screens.filter { try $0.entropy.before < 3 }.map { try $0.kept }.max() ?? 0
        let broad = try screens.filter { try $0.entropy.before > 6 }.map { try $0.kept }.min() ?? 0
        return Evidence(
          "kept \(kept.map(String.init).joined(separator: " ")): at most \(narrow) below 3 bits, at least \(broad) above 6",
          narrow < broad && kept.max()! > 10 * kept.min()!)
      },
      .explains("That is the point", "the idea, as its authors put it"), .explains("> opens the", "keys")),
  ]
}
