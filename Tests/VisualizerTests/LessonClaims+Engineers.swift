import Foundation
import LMCore

/// What the sentences of the lessons for engineers say, in numbers of their own screens.
extension LessonClaims {
  static let minP = [
    LessonStepClaims(
      .explains("Min-p compares each token", "a definition"),
      .says("At 0.05 it removes") { step in
        let first = try step.first.row(of: "␣great").before
        return Evidence(
          "␣great \(percent(first)), a twentieth \(percent(first / 20))",
          isNear(first, 0.087) && first / 20 < 0.005)
      },
      .says("The dotted line says") { try kept(47, $0) }, .asks("Press > for min-p 0.20."),
      plain: [
        .says("At 0.05 it removes") { try share("␣great", $0, is: 0.087) },
        .says("The report says how many") { $0.heard("47 of 4,096 tokens are kept") },
      ]),
    LessonStepClaims(
      .says("Now a fifth of the first") { step in
        let first = try step.first.row(1).before
        let count = try step.first.kept
        return Evidence(
          "a fifth of \(percent(first)) is \(percent(first / 5)), kept \(count)",
          isNear(first / 5, 0.017) && count == 7)
      }, .asks("Press > for another prompt")),
    LessonStepClaims(
      .says("The model is nearly sure") { step in
        let first = try step.first.row(1).before
        return Evidence(
          "rank 1 \(percent(first)), a twentieth \(percent(first / 20))",
          isNear(first, 0.746) && isNear(first / 20, 0.037))
      },
      .says("Four have that.") { try kept(4, $0) },
      .says("The same 0.05 kept 47") { try kept(47, $0.earlier[0]) }, .asks("Press n for")),
    LessonStepClaims(
      .says("Top-p keeps the same four.") { step in
        let labels = [step.earlier[2].first, step.first].map {
          $0.rows.filter { $0.after != nil }.map(\.label)
        }
        return Evidence(labels[1].joined(separator: " "), labels[0] == labels[1] && labels[1].count == 4)
      },
      .explains("The two filters differ", "the next screen shows it"), .asks("Press > for the first prompt")),
    LessonStepClaims(
      .says("622 tokens, where min-p") { step in
        let cut = step.first.cut!
        return Evidence("kept \(cut.kept), mass \(cut.mass)", cut.kept == 622 && cut.mass >= 0.95)
      },
      .explains("Min-p looks at", "a definition"), .asks("Press T up to T 1.50"),
      plain: [.says("Press T up to T 1.50") { $0.heard("1,835 of 4,096 tokens are kept") }]),
    LessonStepClaims(
      .says("The temperature made the tail") { step in
        let tails = [step.earlier[4].first, step.first].map { $0.tails.compactMap(\.after).reduce(0, +) }
        return Evidence(
          "kept \(try step.first.kept), not listed \(percent(tails[0])) → \(percent(tails[1]))",
          try step.first.kept == 1835 && tails[1] > tails[0])
      }, .asks("Press > for min-p")),
    LessonStepClaims(
      .says("160: more than at T 1.00") { step in
        let count = try step.first.kept
        return Evidence("kept \(count)", count == 160 && count > 47 && count * 10 < 1835)
      },
      .explains("So min-p is often used", "what its authors recommend (arXiv 2407.01082)"),
      .says("Here it runs after the temperature.") {
        orderOfTitle("T 1.50", "min-p 0.05", "m.05", in: $0.first)
      },
      .explains("Whether that is so", "keys")),
  ]

  static let orderOfTheChain = [
    LessonStepClaims(
      .says("A sampler is a chain of steps") { orderOfTitle("T 1.50", "top-p 0.80", "p.8", in: $0.first) },
      .explains("That is the order of transformers.", "ChainOrder.huggingFace, tested against transformers"),
      .says("The dotted line says how many") { try kept(653, $0) }, .asks("Press o for the order"),
      plain: [
        .says("A sampler is a chain of steps") { $0.heard("T 1.50 then ") },
        .says("The report says how many") { $0.heard("653 of 4,096 tokens are kept") },
      ]),
    LessonStepClaims(
      .says("The same two numbers") { step in
        let counts = [try step.earlier[0].first.kept, try step.first.kept]
        return Evidence("kept \(counts[0]) → \(counts[1])", counts[1] * 3 < counts[0])
      }, .asks("Press t down to T 0.70"),
      plain: [.says("Press t down to T 0.70") { $0.heard("175 of 4,096 tokens are kept") }]),
    LessonStepClaims(
      .says("It did not change") { step in
        let counts = try Set((step.earlier[1].screens + [step.first]).map { try $0.kept })
        return Evidence("kept \(counts.sorted())", counts.count == 1)
      },
      .says("Only the right bars are steeper") { step in
        let firsts = try [step.earlier[1].first, step.first].map { try $0.row(1).after! }
        return Evidence("rank 1 after: \(percent(firsts[0])) → \(percent(firsts[1]))", firsts[1] > firsts[0])
      }, .asks("Press o for the order of transformers again."),
      plain: [.says("Only the second percentages") { $0.heard("%, then ") }]),
    LessonStepClaims(
      .says("Fewer still") { step in
        let counts = [try step.earlier[2].first.kept, try step.first.kept]
        return Evidence("kept \(counts[0]) → \(counts[1])", counts[1] < counts[0])
      },
      .says("A high one did the opposite.") { step in
        let counts = [try step.earlier[1].first.kept, try step.earlier[0].first.kept]
        return Evidence(
          "T 1.50: kept \(counts[0]) behind top-p, \(counts[1]) before it", counts[1] > counts[0])
      }, .asks("Press > for top-k")),
    LessonStepClaims(
      .explains("Top-k counts tokens", "a definition"), .explains("So these two", "the next screen shows it"),
      .asks("Press o, and compare"),
      plain: [.says("Press o, and compare") { $0.heard("10 of 4,096 tokens are kept") }]),
    LessonStepClaims(
      .says("Nothing moved") { step in
        let (old, new) = (step.earlier[4].first, step.first)
        return Evidence(
          "kept \(try old.kept) → \(try new.kept), \(new.rows.count) rows with equal percentages",
          try new.kept == 10 && old.kept == 10 && sameRows(old, new, \.after))
      },
      .explains("But top-p, min-p and typical-p", "the first steps showed it for top-p"),
      .explains("Tell the order", "advice"), .explains("> opens the next lesson", "keys")),
  ]

  static let temperatureWithMinP = [
    LessonStepClaims(
      .says("→ would append ␣ears") { step in
        let row = try step.first.row(of: "␣ears")
        return Evidence(
          "␣ears \(percent(row.before)) is marked \(row.mark ?? "not"), the title names \(try step.first.next.label)",
          try isNear(row.before, 0.0097) && row.mark == "drawn" && step.first.next.label == "␣ears")
      },
      .explains("Is the filter broken?", "a question"), .explains("No: 0.05 is a share", "a definition"),
      .asks("Press t down"),
      plain: [.says("→ would append \"ears\"") { $0.heard("\" ears\", 0.97%, then 3.2%, drawn") }]),
    LessonStepClaims(
      .says("␣eyes has 45.8 percent") { step in
        let row = try step.first.row(of: "␣eyes")
        return Evidence(
          "␣eyes \(percent(row.before)), a twentieth \(percent(row.before / 20))",
          isNear(row.before, 0.458) && isNear(row.before / 20, 0.023))
      },
      .says("Three tokens reach it") { step in
        let row = try step.first.row(of: "␣ears")
        return Evidence(
          "kept \(try step.first.kept), ␣ears removed by \(row.removedBy ?? "nothing")",
          try step.first.kept == 3 && row.removedBy == "min-p")
      },
      .says("So the filter works") { step in
        Evidence(
          "kept \(try step.first.kept) at T 1.00, \(try step.after.kept) at T 1.50",
          try step.first.kept < step.after.kept)
      }, .asks("Press T up to T 1.50 again."),
      plain: [
        .says("\"Eyes\" has 45.8 percent") { $0.heard("1: \" eyes\", 45.8%") },
        .says("Three tokens reach it") { $0.heard("\" ears\", 0.97%, removed by min-p") },
      ]),
    LessonStepClaims(
      .says("In the title T stands before min-p, so") {
        orderOfTitle("T 1.50", "min-p 0.05", "m.05", in: $0.first)
      },
      .says("On the right ␣ears has 3.2") { step in
        let (ears, eyes) = (
          try step.first.row(of: "␣ears").after ?? 0, try step.first.row(of: "␣eyes").after ?? 0
        )
        return Evidence(
          "␣ears \(percent(ears)), a twentieth of \(percent(eyes)) is \(percent(eyes / 20))",
          isNear(ears, 0.032) && isNear(eyes, 0.416) && ears > eyes / 20)
      }, .asks("Press o for llama.cpp's order"),
      plain: [
        .says("T comes before min-p, so") { $0.heard("T 1.50 then ") },
        .says("After it \"ears\" has") { $0.heard("\" ears\", 0.97%, then 3.2%") },
      ]),
    LessonStepClaims(
      .says("Now min-p comes first") { step in
        let next = try step.first.next.label
        return Evidence(
          "kept \(try step.first.kept), u on \(next)",
          try step.first.kept == 3 && step.first.row(of: next).after != nil)
      }, .asks("Press T up to T 2.00."), .explains("Can the temperature", "a question"),
      plain: [.explains("Can the temperature", "a question")]),
    LessonStepClaims(
      .says("No: three are kept") { step in
        let screens = step.earlier[3].screens + [step.first]
        let counts = try Set(screens.map { try $0.kept })
        return Evidence(
          "kept \(counts.sorted()) on \(screens.count) screens up to T 2.00",
          counts == [3] && step.first.title.contains("T 2.00"))
      },
      .explains("By default the temperature", "ChainOrder.huggingFace and .llamaCpp"),
      .explains("Tell the order", "advice"), .explains("> opens the next lesson", "keys")),
  ]

  static let typical = [
    LessonStepClaims(
      .explains("How surprising is a token?", "a question"), .explains("In bits:", "a definition"),
      .says("The average is the entropy") { step in
        Evidence("entropy \(try step.first.entropy.before) bits", try step.first.entropy.before == 6.26)
      },
      .explains("Typical sampling keeps", "a definition"),
      .says("Row 1 is far below it") { step in
        let row = try step.first.row(1)
        return Evidence(
          "\(row.label) \(percent(row.before)), \(bits(row.before)) bits, removed by \(row.removedBy ?? "nothing")",
          row.label == "␣and" && isNear(row.before, 0.202) && bits(row.before) == 2.3
            && row.removedBy == "typical-p")
      }, .asks("Press > for top-p 0.50."),
      plain: [.says("The first is far below it") { $0.heard("1: \" and\", 20.2%, removed by typical-p") }]),
    LessonStepClaims(
      .says("Top-p 0.50 keeps the nine") { step in
        Evidence(
          "kept \(try step.first.kept), rank 1 \(try step.first.row(1).label)",
          try step.first.kept == 9 && step.first.row(1).after != nil)
      },
      .says("Typical-p 0.50 kept other") { step in
        let cuts = [step.earlier[0].first.cut!, step.first.cut!]
        return Evidence(
          "kept \(cuts[0].kept), mass \(cuts[0].mass) and \(cuts[1].mass)",
          cuts[0].kept == 43 && cuts.allSatisfy { $0.mass >= 0.5 && $0.mass < 0.52 })
      }, .asks("Press > for typical-p 0.70."),
      plain: [.says("Top-p 0.50 keeps the nine") { $0.heard("9 of 4,096 tokens are kept") }]),
    LessonStepClaims(
      .says("With more to fill") { step in
        Evidence(
          "kept \(try step.first.kept), rank 1 after \(percent(try step.first.row(1).after ?? 0))",
          try step.first.kept == 99 && step.first.row(1).after != nil)
      },
      .says("Since ␣and is large") { Evidence("mass \($0.first.cut!.mass)", $0.first.cut!.mass > 0.8) },
      .asks("Press > for a prompt"),
      plain: [
        .says("With more to fill") { $0.heard("99 of 4,096 tokens are kept") },
        .says("Since \"and\" is large") { $0.heard(" are kept, 85.5% of the probability") },
      ]),
    LessonStepClaims(
      .says("The entropy is 1.68 bits") { step in
        let row = try step.first.row(of: "␣do")
        return Evidence(
          "entropy \(try step.first.entropy.before), ␣do \(percent(row.before)), \(bits(row.before)) bits",
          try step.first.entropy.before == 1.68 && isNear(row.before, 0.746) && bits(row.before) == 0.4)
      },
      .says("No token is nearer") { step in
        let entropy = try step.first.entropy.before
        let distances = step.first.rows.map { abs(-log2($0.before) - entropy) }
        return Evidence(
          "distances \(distances.prefix(3).map { String(format: "%.1f", $0) }.joined(separator: " ")) … bits",
          distances.min() == distances[0] && step.first.rows[0].after != nil)
      }, .asks("Press n for nucleus"),
      plain: [.says("The entropy is 1.68 bits") { $0.heard("1: \" do\", 74.6%") }]),
    LessonStepClaims(
      .says("The same four tokens.") { step in
        let labels = [step.earlier[3].first, step.first].map {
          $0.rows.filter { $0.after != nil }.map(\.label)
        }
        return Evidence(labels[1].joined(separator: " "), labels[0] == labels[1] && labels[1].count == 4)
      },
      .says("Where the model is sure, as here") { step in
        Evidence(
          "rank 1 kept here, removed at the first prompt",
          try step.first.row(1).after != nil && step.earlier[0].first.row(1).after == nil)
      }, .explains("> opens the next lesson", "keys")),
  ]

  static let penalties = [
    LessonStepClaims(
      .says("Here greedy decoding fell") { _ in
        let end = try greedyToTheEnd.get()
        return Evidence("×\(end.means.count) without a penalty", end.isLooping)
      },
      .says("Now a repetition penalty") { step in
        let rows = step.first.rows.filter(\.isLowered).map(\.label)
        return Evidence("lowered: \(rows.joined(separator: " "))", rows.contains("␣the"))
      }, .asks("Press → to step 11."),
      plain: [.explains("Now a repetition penalty", "a definition")]),
    LessonStepClaims(
      .says("␣am has 54.4 percent") { step in
        let (am, have) = (try step.first.row(of: "␣am"), try step.first.row(of: "␣have"))
        return Evidence(
          "␣am \(percent(am.before)) \(am.isLowered ? "lowered" : ""), ␣have \(percent(have.before)) \(have.mark ?? "")",
          isNear(am.before, 0.544) && am.isLowered && isNear(have.before, 0.123) && have.rank == 2
            && have.mark == "taken")
      }, .asks("Go on to step 60"), .explains("Does the text repeat itself?", "a question"),
      plain: [.says("\"Am\" has 54.4 percent") { $0.heard("takes rank 2, the most probable") }]),
    LessonStepClaims(
      .says("No loop.") {
        Evidence(
          "loop none at step 60",
          $0.first.lines(with: "loop none").count == 1 && $0.first.title.contains("step 60"))
      },
      .explains("But the penalty hits", "a definition"), .asks("Press Home"),
      plain: [.says("Press Home") { $0.heard("comma \",\", 67.4%") }]),
    LessonStepClaims(
      .says("The comma has 67.4") { try share(",", $0, is: 0.674) },
      .says("It is lowered") { step in
        let (comma, next) = (try step.first.row(of: ","), try step.first.row(of: ";"))
        return Evidence(
          "the comma \(comma.isLowered ? "lowered" : "not lowered"), ; \(percent(next.before)) \(next.mark ?? "")",
          comma.isLowered && isNear(next.before, 0.153) && next.mark == "taken")
      }, .asks("Press > for another remedy")),
    LessonStepClaims(.explains("This one bans", "a definition"), .asks("Press → to step 12.")),
    LessonStepClaims(
      .says("The text has \"am a fox\"") { step in
        let (fox, wolf) = (try step.first.row(of: "␣fox"), try step.first.row(of: "␣wolf"))
        return Evidence(
          "␣fox \(percent(fox.before)) removed by \(fox.removedBy ?? "nothing"), ␣wolf \(wolf.mark ?? "")",
          step.first.text.contains("am a fox") && isNear(fox.before, 0.762)
            && fox.removedBy == "no-repeat n-gram" && wolf.mark == "taken")
      },
      .says("No three tokens can come twice") { step in
        let loops = step.screens.compactMap(\.loop)
        return Evidence("\(step.screens.count) screens without a loop", loops.isEmpty)
      }, .asks("Go on to step 60"),
      plain: [.says("The text has \"am a fox\"") { $0.heard("\" fox\", 76.2%, removed by no-repeat n-gram") }]
    ),
    LessonStepClaims(
      .says("No loop, but") { step in
        Evidence(
          "repeated 4-grams \(percent(try step.first.repeatedFourGrams))",
          try step.first.repeatedFourGrams == 0 && step.first.loop == nil)
      },
      .explains("Both remedies forbid", "what the definitions say"),
      .explains("A draw needs no penalty.", "what a draw can do"),
      .explains("This was the last lesson", "keys")),
  ]

  static func isNear(_ share: Double, _ told: Double) -> Bool {
    abs(share - told) <= (told < 0.01 ? 0.00005 : 0.0005) + 1e-9
  }

  /// Surprisal with one decimal.
  private static func bits(_ share: Double) -> Double { (-log2(share) * 10).rounded() / 10 }

  /// The title names one step of the chain before the other; the second by its full or its short name.
  private static func orderOfTitle(
    _ first: String, _ second: String, _ brief: String, in screen: LessonScreen
  ) -> Evidence {
    let title = screen.title
    let places = [
      title.range(of: first) ?? title.range(of: "T1.5"), title.range(of: second) ?? title.range(of: brief),
    ].map { $0?.lowerBound }
    let chain = title.components(separatedBy: "  ").last { !$0.isEmpty } ?? ""
    return Evidence("title: \(chain)", places[0] != nil && places[1] != nil && places[0]! < places[1]!)
  }
}
