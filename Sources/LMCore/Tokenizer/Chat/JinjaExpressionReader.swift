/// Reads expressions with Jinja's precedence: a filter binds its operand before a sum does.
struct JinjaExpressionReader {
  private var tokens: ArraySlice<JinjaToken>
  private var depth = 0

  private static let deepestNesting = 60

  init(_ tokens: some Sequence<JinjaToken>) { self.tokens = Array(tokens)[...] }

  // MARK: Tokens

  mutating func take(sign: String) -> Bool { take(.sign(sign)) }

  mutating func take(name: String) -> Bool { take(.name(name)) }

  private mutating func take(_ token: JinjaToken) -> Bool {
    guard tokens.first == token else { return false }
    tokens.removeFirst()
    return true
  }

  mutating func name() throws(JinjaError) -> String {
    guard case .name(let name)? = tokens.popFirst() else { throw .syntax("a name is missing") }
    return name
  }

  func expectEnd() throws(JinjaError) {
    guard tokens.isEmpty else { throw .syntax("a tag goes on behind its end") }
  }

  private mutating func expect(_ sign: String) throws(JinjaError) {
    guard take(sign: sign) else { throw .syntax("\"\(sign)\" is missing") }
  }

  // MARK: Expressions

  /// The expression of all tokens.
  mutating func whole() throws(JinjaError) -> JinjaExpression {
    let expression = try expression()
    try expectEnd()
    return expression
  }

  mutating func expression() throws(JinjaError) -> JinjaExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else { throw .unsupported("such deep nesting") }
    var value = try withoutCondition()
    while take(name: "if") {
      let condition = try withoutCondition()
      let other = take(name: "else") ? try expression() : nil
      value = .conditional(value, if: condition, else: other)
    }
    return value
  }

  mutating func withoutCondition() throws(JinjaError) -> JinjaExpression {
    var value = try conjunction()
    while take(name: "or") { value = .either(value, try conjunction()) }
    return value
  }

  private mutating func conjunction() throws(JinjaError) -> JinjaExpression {
    var value = try negation()
    while take(name: "and") { value = .both(value, try negation()) }
    return value
  }

  private mutating func negation() throws(JinjaError) -> JinjaExpression {
    var count = 0
    while take(name: "not") { count += 1 }
    let value = try comparison()
    return (0..<count).reduce(value) { value, _ in .not(value) }
  }

  private mutating func comparison() throws(JinjaError) -> JinjaExpression {
    var value = try sum()
    while true {
      if take(name: "in") {
        value = .binary("in", value, try sum())
      } else if tokens.starts(with: [.name("not"), .name("in")]) {
        tokens.removeFirst(2)
        value = .not(.binary("in", value, try sum()))
      } else if let sign = takeOne(of: ["==", "!=", "<=", ">=", "<", ">"]) {
        value = .binary(sign, value, try sum())
      } else {
        return value
      }
    }
  }

  private mutating func takeOne(of signs: [String]) -> String? { signs.first { take(sign: $0) } }

  private mutating func sum() throws(JinjaError) -> JinjaExpression {
    var value = try joined()
    while let sign = takeOne(of: ["+", "-"]) { value = .binary(sign, value, try joined()) }
    return value
  }

  private mutating func joined() throws(JinjaError) -> JinjaExpression {
    var value = try product()
    while take(sign: "~") { value = .binary("~", value, try product()) }
    return value
  }

  private mutating func product() throws(JinjaError) -> JinjaExpression {
    var value = try unary()
    while let sign = takeOne(of: ["*", "//", "/", "%"]) { value = .binary(sign, value, try unary()) }
    return value
  }

  private mutating func unary() throws(JinjaError) -> JinjaExpression {
    if take(sign: "-") { return .negative(try postfix()) }
    return try filtered(try postfix())
  }

  /// What stands behind a value: its filters and tests.
  private mutating func filtered(_ first: JinjaExpression) throws(JinjaError) -> JinjaExpression {
    var value = first
    while true {
      if take(sign: "|") {
        let name = try name()
        value = .filter(value, name, take(sign: "(") ? try arguments() : [])
      } else if take(name: "is") {
        let isNot = take(name: "not")
        let name = try name()
        var given: [JinjaArgument] = []
        if take(sign: "(") {
          given = try arguments()
        } else if let operand = try testOperand() {
          given = [JinjaArgument(name: nil, value: operand)]
        }
        value = .test(value, name, given)
        if isNot { value = .not(value) }
      } else {
        return value
      }
    }
  }

  /// The operand of a test without brackets: `is equalto "user"`.
  private mutating func testOperand() throws(JinjaError) -> JinjaExpression? {
    switch tokens.first {
    case .text, .integer: return try postfix()
    default: return nil
    }
  }

  private mutating func postfix() throws(JinjaError) -> JinjaExpression {
    var value = try primary()
    while true {
      if take(sign: ".") {
        if case .integer(let index)? = tokens.first {
          tokens.removeFirst()
          value = .member(value, .value(.integer(index)))
        } else {
          value = .member(value, .value(.text(try name())))
        }
      } else if take(sign: "[") {
        value = try subscripted(value)
      } else if take(sign: "(") {
        value = .call(value, try arguments())
      } else {
        return value
      }
    }
  }

  private mutating func subscripted(_ value: JinjaExpression) throws(JinjaError) -> JinjaExpression {
    var bounds: [JinjaExpression?] = [nil]
    while !take(sign: "]") {
      if take(sign: ":") { bounds.append(nil) } else { bounds[bounds.count - 1] = try expression() }
    }
    guard bounds.count <= 3 else { throw .syntax("a slice has more than three parts") }
    if bounds.count == 1 {
      guard let index = bounds[0] else { throw .syntax("an index is missing") }
      return .member(value, index)
    }
    return .slice(value, from: bounds[0], to: bounds[1], step: bounds.count == 3 ? bounds[2] : nil)
  }

  private mutating func arguments() throws(JinjaError) -> [JinjaArgument] {
    var arguments: [JinjaArgument] = []
    while !take(sign: ")") {
      var label: String?
      if case .name(let name)? = tokens.first, tokens.dropFirst().first == .sign("=") {
        label = name
        tokens.removeFirst(2)
      }
      arguments.append(JinjaArgument(name: label, value: try expression()))
      if !take(sign: ",") {
        try expect(")")
        break
      }
    }
    return arguments
  }

  private mutating func primary() throws(JinjaError) -> JinjaExpression {
    switch tokens.popFirst() {
    case .text(var text):
      // Texts side by side are one.
      while case .text(let more)? = tokens.first {
        text += more
        tokens.removeFirst()
      }
      return .value(.text(text))
    case .integer(let value): return .value(.integer(value))
    case .name(let name):
      switch name {
      case "true", "True": return .value(.bool(true))
      case "false", "False": return .value(.bool(false))
      case "none", "None": return .value(.none)
      default: return .name(name)
      }
    case .sign("("):
      let value = try expression()
      try expect(")")
      return value
    case .sign("["):
      var values: [JinjaExpression] = []
      while !take(sign: "]") {
        values.append(try expression())
        if !take(sign: ",") {
          try expect("]")
          break
        }
      }
      return .list(values)
    case .sign("{"):
      var members: [(String, JinjaExpression)] = []
      while !take(sign: "}") {
        guard case .text(let key)? = tokens.popFirst() else { throw .unsupported("a key that is no text") }
        try expect(":")
        members.append((key, try expression()))
        if !take(sign: ",") {
          try expect("}")
          break
        }
      }
      return .map(members)
    default: throw .syntax("a value is missing")
    }
  }
}
