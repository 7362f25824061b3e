import LMCore

/// What `filter` reads: one row of logits and the tokens so far. `SamplerChain` checks the numbers.
struct LogitsDocument: Equatable {
  let logits: [Double]
  let ids: [Int]
  /// How many of the ids are the prompt's; nil for all.
  let promptCount: Int?
  /// The number that draws a token, in [0, 1); nil for no draw.
  let u: Double?
  let chances: [StepName: Double]
  let memories: [StepName: StepMemory]
  let breakers: [[Int]]

  enum Defect: Error, Equatable, CustomStringConvertible {
    case notJSON(JSONError)
    case missingLogits
    case noNumber(index: Int)
    case noIDs
    case promptCount
    case u
    case steps(String, of: String)
    case breakers
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
      case .promptCount:
        "\"prompt_count\" must be a whole number from 0 to the number of ids"
      case .u:
        "\"u\" must be a number of at least 0 and below 1"
      case .steps(let name, let values):
        "\"\(name)\" must be an object of steps with \(values), as {\"\(name == "chance" ? "xtc\":0.2" : "mirostat\":10")}"
      case .breakers:
        "\"breakers\" must be a list of lists of token ids"
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
    for name in Self.names where (document.members ?? []).count(where: { $0.name == name }) > 1 {
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
    promptCount = try Self.value(document["prompt_count"], .promptCount) { [ids] json in
      json.int.flatMap { (0...ids.count).contains($0) ? $0 : nil }
    }
    u = try Self.value(document["u"], .u, Self.share)
    chances = try Self.steps(document["chance"], .steps("chance", of: "numbers in [0, 1)")) { Self.share($1) }
    memories = try Self.steps(document["memory"], .steps("memory", of: "numbers that they can keep")) {
      step, json in
      StepMemory(json).flatMap { step.accepts($0) ? $0 : nil }
    }
    breakers =
      try Self.value(document["breakers"], .breakers) { json in
        json.array.flatMap { lists in
          let ids = lists.compactMap { try? Self.ids($0) }
          return ids.count == lists.count ? ids : nil
        }
      } ?? []
  }

  private static let names = ["logits", "ids", "prompt_count", "u", "chance", "memory", "breakers"]

  /// A number in [0, 1).
  private static func share(_ json: JSON) -> Double? {
    json.double.flatMap { (0..<1).contains($0) ? $0 : nil }
  }

  /// nil for a member that is missing or null.
  private static func value<Value>(
    _ json: JSON?, _ defect: Defect, _ read: (JSON) -> Value?
  ) throws(Defect) -> Value? {
    guard let json, json != .null else { return nil }
    guard let value = read(json) else { throw defect }
    return value
  }

  private static func steps<Value>(
    _ json: JSON?, _ defect: Defect, _ read: (StepName, JSON) -> Value?
  ) throws(Defect) -> [StepName: Value] {
    guard let json, json != .null else { return [:] }
    guard let members = json.members else { throw defect }
    var values: [StepName: Value] = [:]
    for member in members {
      guard let name = StepName(rawValue: member.name), let value = read(name, member.value) else {
        throw defect
      }
      values[name] = value
    }
    return values
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
