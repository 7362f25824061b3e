import LMCore

struct FilterOptions: CommandOptions {
  let words: [String]
  let sampler: SamplerOptions
  let chance: ChanceOptions

  init(_ call: CommandCall) {
    (words, sampler, chance) = (call.words, call[SamplerOptions.self], call[ChanceOptions.self])
  }
}

extension Command {
  static let filter = Command(
    CommandDescription(
      "filter", "the sampler chain on given logits; needs no model", synopsis: ["filter FILE [options]"],
      details: """
        FILE ('-' is standard input) holds {"logits":[1.0,null,...],"ids":[...]}: null is minus
        infinity, ids are the tokens so far, which only the repetition penalty and the ban of
        repeated n-grams look at. The answer: {"mask":[1,0,...],"probs":[...],"kept":n,
        "kept_mass":p,"entropy_bits":x,"order":[...]}, probs and entropy after the chain, all in
        double precision. With --seed also "seed", its first number "u", and the token "drawn".
        """,
      groups: [.sampler, .drawSeed, .output([.json])],
      examples: [#"echo '{"logits":[3,2,1]}' | gpt2-viz filter - -p 0.8"#], words: .file
    )
  ) { (options: FilterOptions, surroundings) in
    guard let file = options.words.first else {
      throw UsageError("'filter' needs a FILE with logits, '-' for standard input", command: "filter")
    }
    let settings = options.sampler.settings
    let chain = try SamplerChain(settings)
    let input = try LogitsDocument(bytes: try TextInput.bytes(ofFile: file))
    let result = try chain.apply(to: try Belief(precise: input.logits), history: input.ids)
    let rows = input.logits.indices.lazy.map { result.row(of: $0) }
    let answer: JSON = [
      "mask": JSON(rows.map { $0?.isKept == true ? 1 : 0 }),
      "probs": .array(rows.map { JSON($0?.after ?? 0) }),
      "kept": JSON(result.keptCount), "kept_mass": JSON(result.keptMass),
      "entropy_bits": JSON(result.entropyAfter), "order": JSON(chain.order.map(\.rawValue)),
    ]
    let draw = options.chance.seed.map { SeededDraw(seed: $0, from: result, settings: settings) }
    try surroundings.output.writeLine(
      JSON.object((answer.members ?? []) + (draw?.json ?? [])).description)
  }
}

/// What `filter` reads: one row of logits and the tokens so far. `SamplerChain` checks the numbers.
struct LogitsDocument: Equatable {
  let logits: [Double]
  let ids: [Int]

  enum Defect: Error, Equatable, CustomStringConvertible {
    case notJSON(JSONError)
    case missingLogits
    case noNumber(index: Int)
    case noIDs
    case givenTwice(String)

    var description: String {
      switch self {
      case .notJSON(let error):
        "the input of 'filter' is not JSON: \(error)"
      case .missingLogits:
        "the input of 'filter' needs \"logits\", a list of numbers (null for minus infinity)"
      case .noNumber(let index):
        "logit \(index) is neither a number nor null"
      case .noIDs:
        "\"ids\" must be a list of token ids, whole numbers of at least 0"
      case .givenTwice(let name):
        "the input of 'filter' has \"\(name)\" more than once; leave one"
      }
    }
  }

  init(bytes: [UInt8]) throws(Defect) {
    let document: JSON
    do throws(JSONError) {
      document = try JSON(parsing: quotingPythonNumbers(bytes))
    } catch {
      throw .notJSON(error)
    }
    for name in ["logits", "ids"] where (document.members ?? []).count(where: { $0.name == name }) > 1 {
      throw .givenTwice(name)
    }
    guard let values = document["logits"]?.array else { throw .missingLogits }
    var logits: [Double] = []
    logits.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let logit = Self.logit(value) else { throw .noNumber(index: index) }
      logits.append(logit)
    }
    self.logits = logits
    ids = try Self.ids(document["ids"] ?? [])
  }

  private static func logit(_ value: JSON) -> Double? {
    switch value {
    case .null, "-Infinity": -.infinity
    case "NaN": .nan
    case "Infinity": .infinity
    case .number(let literal): Double(literal)
    default: nil
    }
  }

  private static func ids(_ list: JSON) throws(Defect) -> [Int] {
    guard let values = list == .null ? [] : list.array else { throw .noIDs }
    var ids: [Int] = []
    for value in values {
      guard let id = value.int, id >= 0 else { throw .noIDs }
      ids.append(id)
    }
    return ids
  }
}

/// Python's `json` writes NaN, Infinity and -Infinity, which JSON does not have. In quotes they pass the parser,
/// and the error message can name the logit instead of a byte.
private func quotingPythonNumbers(_ bytes: [UInt8]) -> [UInt8] {
  let words = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }
  let quote = UInt8(ascii: "\"")
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var isInString = false
  var position = 0
  while position < bytes.count {
    let byte = bytes[position]
    if !isInString, let word = words.first(where: { bytes[position...].starts(with: $0) }) {
      result += [quote] + word + [quote]
      position += word.count
      continue
    }
    if isInString, byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
      result.append(byte)
      position += 1
    } else if byte == quote {
      isInString.toggle()
    }
    result.append(bytes[position])
    position += 1
  }
  return result
}
