/// What templates do with values: operators, filters, tests and the methods of texts.
enum JinjaMethods {
  struct Arguments {
    var listed: [JinjaValue] = []
    var named: [String: JinjaValue] = [:]

    /// The argument at this place, or of this name.
    func value(_ index: Int, _ name: String) -> JinjaValue? {
      index < listed.count ? listed[index] : named[name]
    }
  }

  /// What a loop goes through; nil for what is no container. None where the name is unknown.
  static func items(of value: JinjaValue) -> [JinjaValue]? {
    switch value {
    case .list(let values): values
    case .map(let members): members.map { .text($0.key) }
    case .text(let text): text.unicodeScalars.map { .text(String($0)) }
    case .undefined: []
    default: nil
    }
  }

  static func binary(
    _ sign: String, _ left: JinjaValue, _ right: JinjaValue
  ) throws(JinjaError) -> JinjaValue {
    switch sign {
    case "==": return .bool(left.equals(right))
    case "!=": return .bool(!left.equals(right))
    case "in":
      guard let found = left.isIn(right) else { throw .unsupported("\(left.kind) in \(right.kind)") }
      return .bool(found)
    case "~":
      guard let first = left.written, let second = right.written else {
        throw .unsupported("\(left.kind) ~ \(right.kind)")
      }
      return .text(first + second)
    default: break
    }
    if sign == "+" {
      if let first = left.text, let second = right.text { return .text(first + second) }
      if case (.list(let first), .list(let second)) = (left, right) { return .list(first + second) }
    }
    guard let a = left.integer, let b = right.integer else {
      throw .unsupported("\(left.kind) \(sign) \(right.kind)")
    }
    switch sign {
    case "<": return .bool(a < b)
    case "<=": return .bool(a <= b)
    case ">": return .bool(a > b)
    case ">=": return .bool(a >= b)
    default: return .integer(try arithmetic(sign, a, b))
    }
  }

  private static func arithmetic(_ sign: String, _ a: Int, _ b: Int) throws(JinjaError) -> Int {
    var result: (partialValue: Int, overflow: Bool)
    switch sign {
    case "+": result = a.addingReportingOverflow(b)
    case "-": result = a.subtractingReportingOverflow(b)
    case "*": result = a.multipliedReportingOverflow(by: b)
    case "//", "%":
      // As Python: rounded down, and the rest has the sign of the divisor.
      guard b != 0, !(a == .min && b == -1) else { throw .unsupported("a division by \(b)") }
      let rest = a % b
      let isBelow = rest != 0 && (rest < 0) != (b < 0)
      result = (sign == "%" ? (isBelow ? rest + b : rest) : (isBelow ? a / b - 1 : a / b), false)
    default: throw .unsupported("the sign \(sign)")
    }
    guard !result.overflow else { throw .unsupported("so large a number") }
    return result.partialValue
  }

  /// Python's slices of lists and texts.
  static func slice(
    _ value: JinjaValue, _ from: Int?, _ to: Int?, _ step: Int?
  ) throws(JinjaError) -> JinjaValue {
    let items: [JinjaValue]
    switch value {
    case .list(let values): items = values
    case .text: items = Self.items(of: value) ?? []
    default: throw .unsupported("a slice of \(value.kind)")
    }
    let step = step ?? 1
    guard step == 1 || step == -1 else { throw .unsupported("a slice with the step \(step)") }
    func place(_ bound: Int) -> Int { min(max(bound < 0 ? bound &+ items.count : bound, 0), items.count) }
    var chosen: [JinjaValue]
    if step == 1 {
      let (start, end) = (from.map(place) ?? 0, to.map(place) ?? items.count)
      chosen = start < end ? Array(items[start..<end]) : []
    } else {
      guard from == nil, to == nil else { throw .unsupported("a slice with bounds and the step -1") }
      chosen = items.reversed()
    }
    if case .text = value { return .text(chosen.compactMap(\.text).joined()) }
    return .list(chosen)
  }

  // MARK: Filters

  static func filter(
    _ name: String, _ value: JinjaValue, _ arguments: Arguments
  ) throws(JinjaError) -> JinjaValue {
    func text() throws(JinjaError) -> String {
      guard let text = value.written else { throw .unsupported("the filter \"\(name)\" of \(value.kind)") }
      return text
    }
    func list() throws(JinjaError) -> [JinjaValue] {
      guard let items = items(of: value) else {
        throw .unsupported("the filter \"\(name)\" of \(value.kind)")
      }
      return items
    }
    switch name {
    case "trim", "upper", "lower", "replace", "title", "capitalize":
      return try call(name == "trim" ? "strip" : name, on: .text(try text()), arguments)
    case "string": return .text(try text())
    case "safe": return value
    case "length", "count": return .integer(try list().count)
    case "list": return .list(try list())
    case "first": return try list().first ?? .undefined
    case "last": return try list().last ?? .undefined
    case "default", "d":
      let fallback = arguments.value(0, "default_value") ?? .text("")
      let coversFalse = arguments.value(1, "boolean")?.isTrue ?? false
      return value.isUndefined || coversFalse && !value.isTrue ? fallback : value
    case "join":
      var texts: [String] = []
      for item in try list() {
        guard let text = item.written else { throw .unsupported("the filter \"join\" of \(item.kind)") }
        texts.append(text)
      }
      return .text(texts.joined(separator: arguments.value(0, "d")?.written ?? ""))
    case "selectattr", "rejectattr":
      guard let key = arguments.listed.first?.text else { break }
      var chosen: [JinjaValue] = []
      for item in try list() {
        guard case .map(let members) = item else {
          throw .unsupported("the filter \"\(name)\" of \(item.kind)")
        }
        let member = members.last { $0.key == key }?.value ?? .undefined
        var rest = arguments
        rest.listed = Array(arguments.listed.dropFirst(2))
        let test = arguments.listed.dropFirst().first?.text
        let holds =
          try test.map { test throws(JinjaError) in try Self.test(test, member, rest) } ?? member.isTrue
        if holds == (name == "selectattr") { chosen.append(item) }
      }
      return .list(chosen)
    default: break
    }
    throw .unsupported("the filter \"\(ForeignText.line(name))\"")
  }

  // MARK: Tests

  static func test(
    _ name: String, _ value: JinjaValue, _ arguments: Arguments
  ) throws(JinjaError) -> Bool {
    switch name {
    case "defined": return !value.isUndefined
    case "undefined": return value.isUndefined
    case "none": return value.isNone
    case "string": return value.text != nil
    case "true": if case .bool(true) = value { return true } else { return false }
    case "false": if case .bool(false) = value { return true } else { return false }
    case "boolean": if case .bool = value { return true } else { return false }
    case "mapping": if case .map = value { return true } else { return false }
    case "number", "integer":
      if case .bool = value { return name == "number" }
      return value.integer != nil
    case "iterable", "sequence": return items(of: value) != nil
    case "equalto", "eq", "in":
      guard let other = arguments.listed.first else { break }
      return try binary(name == "in" ? "in" : "==", value, other).isTrue
    default: break
    }
    throw .unsupported("the test \"\(ForeignText.line(name))\"")
  }

  // MARK: Methods

  static func call(
    _ name: String, on value: JinjaValue, _ arguments: Arguments
  ) throws(JinjaError) -> JinjaValue {
    switch value {
    case .text(let text):
      if let result = try textMethod(name, text, arguments) { return result }
    case .map(let members):
      switch name {
      case "items": return .list(members.map { .list([.text($0.key), $0.value]) })
      case "keys": return .list(members.map { .text($0.key) })
      case "values": return .list(members.map(\.value))
      case "get":
        guard let key = arguments.listed.first?.text else { break }
        return members.last { $0.key == key }?.value ?? arguments.value(1, "default") ?? .none
      default: break
      }
    default: break
    }
    throw .unsupported("the method \"\(ForeignText.line(name))\" of \(value.kind)")
  }

  /// nil for a method that is not known.
  private static func textMethod(
    _ name: String, _ text: String, _ arguments: Arguments
  ) throws(JinjaError) -> JinjaValue? {
    let first = arguments.listed.first?.text
    switch name {
    case "strip", "lstrip", "rstrip":
      guard arguments.listed.count <= 1, arguments.listed.first.map({ $0.text != nil }) ?? true else {
        return nil
      }
      return .text(stripped(text, of: first, left: name != "rstrip", right: name != "lstrip"))
    case "upper": return .text(text.uppercased())
    case "lower": return .text(text.lowercased())
    case "title", "capitalize":
      guard text.utf8.allSatisfy({ CharacterClass.isASCIILetter($0) }) else { return nil }
      return .text(text.prefix(1).uppercased() + text.dropFirst().lowercased())
    case "startswith", "endswith":
      guard let first else { return nil }
      let (whole, part) = (Array(text.utf8), Array(first.utf8))
      return .bool(name == "startswith" ? whole.starts(with: part) : whole.suffix(part.count) == part[...])
    case "split":
      guard let first, !first.isEmpty, arguments.listed.count == 1 else { return nil }
      var parts: [JinjaValue] = []
      var rest = Array(text.utf8)[...]
      while let range = rest.firstRange(of: Array(first.utf8)) {
        parts.append(.text(String(decoding: rest[..<range.lowerBound], as: UTF8.self)))
        rest = rest[range.upperBound...]
      }
      return .list(parts + [.text(String(decoding: rest, as: UTF8.self))])
    case "replace":
      guard let first, !first.isEmpty, arguments.listed.count == 2, let second = arguments.listed[1].text
      else {
        return nil
      }
      let bytes = Array(text.utf8).replacing(Array(first.utf8), with: Array(second.utf8))
      return .text(String(decoding: bytes, as: UTF8.self))
    default: return nil
    }
  }

  /// - Parameter set: the characters to take away; nil for white space, as Python has it.
  private static func stripped(_ text: String, of set: String?, left: Bool, right: Bool) -> String {
    let characters = set.map { Set($0.unicodeScalars) }
    func isTaken(_ scalar: Unicode.Scalar) -> Bool {
      characters?.contains(scalar)
        ?? (scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value))
    }
    var rest = text.unicodeScalars[...]
    if left { rest = rest.drop(while: isTaken) }
    if right { while let last = rest.last, isTaken(last) { rest.removeLast() } }
    return String(rest)
  }
}
