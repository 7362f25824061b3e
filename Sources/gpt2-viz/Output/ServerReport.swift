import LMCore
import Presentation

/// What `serve-check` prints.
struct ServerReport {
  let check: ServerCheck
  let profile: ModelProfile
  let address: String
  let tokenizerFolder: String?

  var json: JSON {
    let parameters = profile.parameterCount > 0 ? JSON(profile.parameterCount) : .null
    return [
      "address": JSON(address), "kind": JSON(check.kind.rawValue), "version": JSON(check.version),
      "model": JSON(profile.name), "parameters": parameters, "vocab_size": JSON(profile.vocabularySize),
      "context": profile.tellsContextLength ? JSON(profile.contextLength) : .null,
      "ranks": JSON(check.mostRanks),
      "ids": JSON(check.takesIDs), "named_tokens": JSON(check.namedTokens),
      "told_tokens": JSON(check.toldTokens), "lanes_in_one_request": JSON(check.takesSeveralTexts),
      "prompt_log_probabilities": JSON(check.scoresTextsAtOnce), "told_mass": JSON(check.toldMass),
      "rest_mass": JSON(check.restMass),
      "repeats_itself": JSON(check.repeatsItself),
      "steps": .array(
        check.steps.map { step in
          [
            "ranks": JSON(step.ranks), "seconds": JSON(step.seconds),
            "reading_seconds": JSON(step.readingSeconds), "bytes": JSON(step.byteCount),
          ]
        }),
    ]
  }

  /// As aligned lines of text.
  var table: String {
    let width = rows.map(\.name.count).max() ?? 0
    return rows.map { row in
      row.name + String(repeating: " ", count: width + 2 - row.name.count) + row.value + "\n"
    }.joined()
  }

  private var rows: [(name: String, value: String)] {
    let size =
      profile.parameterCount > 0 ? ", \(NumberFormat.abbreviated(profile.parameterCount)) parameters" : ""
    return [
      (
        "server",
        ([check.kind.rawValue] + (check.version.map { [$0] } ?? []) + ["at", address]).joined(separator: " ")
      ),
      ("model", profile.name + size + (profile.dtype.isEmpty ? "" : ", " + profile.dtype)),
      ("vocabulary", counted(profile.vocabularySize, "token") + ", " + names),
      ("reads up to", profile.tellsContextLength ? counted(profile.contextLength, "token") : "not told"),
      ("ranks", ranks),
      ("prompt", check.takesIDs ? "as ids" : "as text: the server reads it anew"),
      ("two lanes", check.takesSeveralTexts ? "in one request" : "in two requests"),
      ("a given text", check.scoresTextsAtOnce ? "in one request" : "in one request a token"),
      again,
    ] + check.steps.map { ("a step with \(counted($0.ranks, "rank"))", time(of: $0)) }
  }

  /// Whether the same text had the same numbers twice.
  private var again: (name: String, value: String) {
    guard check.readsAnew else {
      return (
        "asked again", check.repeatsItself ? "the same numbers" : "other numbers: what was told is kept"
      )
    }
    return (
      "read anew",
      check.repeatsItself
        ? "the same numbers here; in general they depend on the server's cache"
        : "other numbers than from the server's cache: what was told is kept"
    )
  }

  private var names: String {
    if let tokenizerFolder { return "from " + withoutControls(tokenizerFolder, except: []) }
    return "named by the server"
  }

  private var ranks: String {
    let sum = NumberFormat.exactPercent(check.toldMass, digits: 6)
    guard check.mostRanks < profile.vocabularySize else { return "all, with \(sum) of the probability" }
    return
      "the first \(NumberFormat.grouped(check.mostRanks)); here they have \(sum) of the probability, the others \(RangeText.percent(check.restMass))"
  }

  private func time(of step: ServerCheck.Step) -> String {
    func milliseconds(_ seconds: Double) -> String {
      NumberFormat.fixed(seconds * 1000, decimals: seconds < 0.01 ? 2 : 1) + " ms"
    }
    return
      "\(milliseconds(step.seconds)), \(NumberFormat.bytes(step.byteCount)) read in \(milliseconds(step.readingSeconds))"
  }
}
