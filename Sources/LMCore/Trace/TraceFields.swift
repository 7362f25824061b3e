/// The members of one JSON object of a trace, each read with its range, each error with its line and name.
struct TraceFields {
  private let object: JSON
  let line: Int
  /// What stands before a name in an error: `rows[3].` for a member of a row.
  private let path: String

  init(_ object: JSON, line: Int, path: String = "") {
    (self.object, self.line, self.path) = (object, line, path)
  }

  /// One line, which must be an object.
  init(parsing text: ArraySlice<UInt8>, line: Int) throws(TraceError) {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: Array(text))
    } catch {
      throw .notJSON(line: line, problem: "\(error.problem) at byte \(error.offset)")
    }
    guard json.members != nil else { throw .unexpectedLine(line: line, wanted: "an object") }
    self.init(json, line: line)
  }

  /// The member is there, though it may be null.
  func hasMember(_ name: String) -> Bool { object[name] != nil }

  /// It is there, and not null.
  func has(_ name: String) -> Bool { object[name].map { $0 != .null } ?? false }

  func value(_ name: String) throws(TraceError) -> JSON {
    guard let value = object[name] else { throw .missing(line: line, member: path + name) }
    return value
  }

  func wrong(_ name: String, _ wanted: String) -> TraceError {
    .wrong(line: line, member: path + name, wanted: wanted)
  }

  /// A line that stands where no other may follow.
  var behindEnd: TraceError {
    .unexpectedLine(line: line, wanted: "expected: the trace ended before it")
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(TraceError) -> Int {
    guard let number = try value(name).int, range.contains(number) else {
      throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func seed(_ name: String) throws(TraceError) -> UInt64 {
    guard case .number(let literal) = try value(name), let seed = UInt64(literal) else {
      throw wrong(name, "a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  /// A finite number of at least 0.
  func quantity(_ name: String) throws(TraceError) -> Double {
    guard let number = try value(name).double, number.isFinite, number >= 0 else {
      throw wrong(name, "a number of at least 0")
    }
    return number
  }

  /// A finite number.
  func number(_ name: String) throws(TraceError) -> Double {
    guard let number = try value(name).double, number.isFinite else { throw wrong(name, "a number") }
    return number
  }

  /// A finite number; of at least 0 where the knob takes no other.
  private func number(_ name: String, _ knob: KnobDescription) throws(TraceError) -> Double {
    try knob.allowsNegative ? number(name) : quantity(name)
  }

  /// An entropy in bits. No vocabulary that can be read has more than 24.
  func entropy(_ name: String) throws(TraceError) -> Double {
    guard let number = try value(name).double, (0...25).contains(number) else {
      throw wrong(name, "a number of bits from 0 to 24")
    }
    return number
  }

  /// A number in 0...1.
  func share(_ name: String) throws(TraceError) -> Double {
    guard let number = try value(name).double, (0...1).contains(number) else {
      throw wrong(name, "a number from 0 to 1")
    }
    return number
  }

  func optionalQuantity(_ name: String) throws(TraceError) -> Double? {
    try value(name) == .null ? nil : try quantity(name)
  }

  func bool(_ name: String) throws(TraceError) -> Bool {
    guard let value = try value(name).bool else { throw wrong(name, "true or false") }
    return value
  }

  func string(_ name: String) throws(TraceError) -> String {
    guard let text = try value(name).string else { throw wrong(name, "a text") }
    return text
  }

  func optionalString(_ name: String) throws(TraceError) -> String? {
    try value(name) == .null ? nil : try string(name)
  }

  func array(_ name: String) throws(TraceError) -> [JSON] {
    guard let values = try value(name).array else { throw wrong(name, "a list") }
    return values
  }

  /// The members of an object within this one.
  func object(_ name: String) throws(TraceError) -> TraceFields {
    let value = try value(name)
    guard value.members != nil else { throw wrong(name, "an object") }
    return TraceFields(value, line: line, path: "\(path)\(name).")
  }

  /// One of the words that a type knows.
  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, of type: Word.Type
  ) throws(TraceError) -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: try string(name)) else {
      throw wrong(name, "one of " + type.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  // MARK: Values of several members

  /// `id`, `token` and, where it is odd, `bytes`. The piece follows from them.
  func token(vocabularySize: Int) throws(TraceError) -> TraceToken {
    let id = try integer("id", in: 0...vocabularySize - 1)
    let hexadecimal = has("bytes") ? try string("bytes") : nil
    guard let token = TraceToken(id: id, text: try optionalString("token"), hexadecimal: hexadecimal) else {
      throw wrong("bytes", "bytes in hexadecimal")
    }
    return token
  }

  /// A list of token ids.
  func ids(_ name: String, below limit: Int = .max) throws(TraceError) -> [Int] {
    var ids: [Int] = []
    for value in try array(name) {
      guard let id = value.int, (0..<limit).contains(id) else {
        throw wrong(name, "a list of token ids" + (limit == .max ? "" : " below \(limit)"))
      }
      ids.append(id)
    }
    return ids
  }

  func draw(_ name: String) throws(TraceError) -> Draw {
    let fields = try object(name)
    let u = try fields.share("u")
    guard u < 1 else { throw fields.wrong("u", "below 1") }
    // No hand has pressed a key more often; a larger number would only keep the program busy.
    let redraws = try fields.integer("redraws", in: 0...1_000_000)
    return Draw(seed: try fields.seed("seed"), redraws: redraws, u: u)
  }

  func settings(_ name: String) throws(TraceError) -> SamplingSettings {
    let fields = try object(name)
    var settings = SamplingSettings()
    for knob in KnobDescription.all {
      // Earlier versions had fewer knobs: what is missing is off.
      guard fields.object[knob.name] != nil else { continue }
      switch knob.property {
      case .number(let path):
        let isInfinite = try fields.value(knob.name) == .null && knob.allowsInfinity
        settings[keyPath: path] = isInfinite ? .infinity : try fields.number(knob.name, knob)
      case .count(let path):
        settings[keyPath: path] = try fields.integer(
          knob.name, in: (knob.allowsNegative ? Int.min : 0)...Int.max)
      case .word(let property):
        guard property.set(try fields.string(knob.name), &settings) else {
          throw fields.wrong(knob.name, "one of " + property.words.joined(separator: ", "))
        }
      }
    }
    if fields.has("dry_sequence_breakers") {
      settings.drySequenceBreakers = try fields.array("dry_sequence_breakers").map {
        value throws(TraceError) in
        guard let text = value.string else { throw fields.wrong("dry_sequence_breakers", "a list of texts") }
        return text
      }
    }
    if fields.has("known_only") { settings.knownOnly = try fields.bool("known_only") }
    if fields.has("seed_like") { settings.seedLike = try fields.word("seed_like", of: SeedRule.self) }
    settings.order = try fields.word("order", of: ChainOrder.self)
    do throws(SamplingError) {
      try settings.validate()
    } catch {
      throw wrong(name, "settings of the sampler chain: \(error)")
    }
    return settings
  }
}
