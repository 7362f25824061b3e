/// One run of a template over its variables.
struct JinjaRun {
  /// The names that are known in a body: a loop has its own, a namespace outlives it.
  private var scopes: [[String: JinjaValue]]
  private var namespaces: [[String: JinjaValue]] = []
  private var steps = 0
  private let now: (String) -> String
  private(set) var output = ""

  private static let functions: Set = ["raise_exception", "namespace", "strftime_now", "range"]
  private static let mostSteps = 1_000_000
  private static let longestText = 1 << 24

  /// - Parameter now: the date and time in a format of strftime.
  init(_ variables: [String: JinjaValue], now: @escaping (String) -> String) {
    (scopes, self.now) = ([variables], now)
  }

  mutating func run(_ nodes: [JinjaNode]) throws(JinjaError) {
    for node in nodes {
      switch node {
      case .text(let text): try write(text)
      case .output(let expression):
        let value = try evaluate(expression)
        guard let text = value.written else { throw .unsupported("\(value.kind) as text") }
        try write(text)
      case .choice(let branches):
        for (condition, body) in branches {
          if let condition, !(try evaluate(condition).isTrue) { continue }
          try run(body)
          break
        }
      case .loop(let names, let over, let only, let body, let otherwise):
        try runLoop(names, over, only, body, otherwise)
      case .set(let name, let member, let expression):
        let value = try evaluate(expression)
        guard let member else {
          scopes[scopes.count - 1][name] = value
          continue
        }
        guard case .namespace(let number) = look(up: name) else {
          throw .unsupported("\"set \(ForeignText.line(name + "." + member))\" of what is no namespace")
        }
        namespaces[number][member] = value
      }
    }
  }

  private mutating func write(_ text: String) throws(JinjaError) {
    try count()
    output += text
    try check(output)
  }

  private mutating func count() throws(JinjaError) {
    steps += 1
    guard steps <= Self.mostSteps else { throw .unsupported("so long a run") }
  }

  private func check(_ text: String) throws(JinjaError) {
    guard text.utf8.count <= Self.longestText else { throw .unsupported("so long a text") }
  }

  private func look(up name: String) -> JinjaValue {
    for scope in scopes.reversed() {
      if let value = scope[name] { return value }
    }
    return .undefined
  }

  private mutating func runLoop(
    _ names: [String], _ over: JinjaExpression, _ only: JinjaExpression?, _ body: [JinjaNode],
    _ otherwise: [JinjaNode]
  ) throws(JinjaError) {
    let container = try evaluate(over)
    guard var items = JinjaMethods.items(of: container) else {
      throw .unsupported("a loop over \(container.kind)")
    }
    func named(_ item: JinjaValue) throws(JinjaError) -> [String: JinjaValue] {
      if names.count == 1 { return [names[0]: item] }
      guard case .list(let parts) = item, parts.count == names.count else {
        throw .unsupported("a loop that takes \(item.kind) apart")
      }
      return Dictionary(zip(names, parts)) { $1 }
    }
    if let only {
      var chosen: [JinjaValue] = []
      for item in items {
        scopes.append(try named(item))
        if try evaluate(only).isTrue { chosen.append(item) }
        scopes.removeLast()
      }
      items = chosen
    }
    for (index, item) in items.enumerated() {
      try count()
      var scope = try named(item)
      scope["loop"] = .map([
        ("index", .integer(index + 1)), ("index0", .integer(index)), ("first", .bool(index == 0)),
        ("last", .bool(index == items.count - 1)), ("length", .integer(items.count)),
        ("revindex", .integer(items.count - index)), ("revindex0", .integer(items.count - index - 1)),
        ("previtem", index > 0 ? items[index - 1] : .undefined),
        ("nextitem", index + 1 < items.count ? items[index + 1] : .undefined),
      ])
      scopes.append(scope)
      try run(body)
      scopes.removeLast()
    }
    if items.isEmpty { try run(otherwise) }
  }

  // MARK: Expressions

  private mutating func evaluate(_ expression: JinjaExpression) throws(JinjaError) -> JinjaValue {
    try count()
    switch expression {
    case .value(let value): return value
    case .name(let name):
      let value = look(up: name)
      // Templates ask whether a function is defined.
      return value.isUndefined && Self.functions.contains(name) ? .bool(true) : value
    case .list(let expressions):
      var values: [JinjaValue] = []
      for expression in expressions { values.append(try evaluate(expression)) }
      return .list(values)
    case .map(let members):
      var values: [(key: String, value: JinjaValue)] = []
      for (key, expression) in members { values.append((key, try evaluate(expression))) }
      return .map(values)
    case .member(let expression, let key):
      let value = try evaluate(expression)
      return try member(of: value, try evaluate(key))
    case .slice(let expression, let from, let to, let step):
      let value = try evaluate(expression)
      return try JinjaMethods.slice(value, try number(from), try number(to), try number(step))
    case .call(let function, let given): return try call(function, given)
    case .filter(let expression, let name, let given):
      let value = try evaluate(expression)
      let result = try JinjaMethods.filter(name, value, try arguments(given))
      if let text = result.text { try check(text) }
      return result
    case .test(let expression, let name, let given):
      let value = try evaluate(expression)
      return .bool(try JinjaMethods.test(name, value, try arguments(given)))
    case .not(let expression): return .bool(!(try evaluate(expression).isTrue))
    case .negative(let expression):
      guard let value = try evaluate(expression).integer else { throw .unsupported("minus of no number") }
      return .integer(0 &- value)
    case .both(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .either(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .binary(let sign, let left, let right):
      let first = try evaluate(left)
      let result = try JinjaMethods.binary(sign, first, try evaluate(right))
      if let text = result.text { try check(text) }
      return result
    case .conditional(let value, let condition, let other):
      if try evaluate(condition).isTrue { return try evaluate(value) }
      return try other.map { other throws(JinjaError) in try evaluate(other) } ?? .undefined
    }
  }

  /// nil for none and for a bound that is not there.
  private mutating func number(_ expression: JinjaExpression?) throws(JinjaError) -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression)
    if value.isNone { return nil }
    guard let number = value.integer else { throw .unsupported("\(value.kind) as the bound of a slice") }
    return number
  }

  private mutating func arguments(_ given: [JinjaArgument]) throws(JinjaError) -> JinjaMethods.Arguments {
    var arguments = JinjaMethods.Arguments()
    for argument in given {
      let value = try evaluate(argument.value)
      if let name = argument.name { arguments.named[name] = value } else { arguments.listed.append(value) }
    }
    return arguments
  }

  private func member(of value: JinjaValue, _ key: JinjaValue) throws(JinjaError) -> JinjaValue {
    switch (value, key) {
    case (.map(let members), .text(let name)):
      return members.last { $0.key.utf8.elementsEqual(name.utf8) }?.value ?? .undefined
    case (.namespace(let number), .text(let name)): return namespaces[number][name] ?? .undefined
    case (.list(let values), _):
      guard let index = key.integer else { return .undefined }
      let place = index < 0 ? index &+ values.count : index
      return values.indices.contains(place) ? values[place] : .undefined
    case (.text, _):
      if key.text != nil { return .undefined }
      guard let index = key.integer, index != .max else { return .undefined }
      let part = try JinjaMethods.slice(value, index, index == -1 ? nil : index + 1, nil)
      return part.isTrue ? part : .undefined
    case (.undefined, _): throw .unsupported("a member of an unknown name")
    default: return .undefined
    }
  }

  private mutating func call(
    _ function: JinjaExpression, _ given: [JinjaArgument]
  ) throws(JinjaError) -> JinjaValue {
    let arguments = try arguments(given)
    switch function {
    case .name("raise_exception"): throw .raised(arguments.listed.first?.written ?? "")
    case .name("namespace"):
      namespaces.append(arguments.named)
      return .namespace(namespaces.count - 1)
    case .name("strftime_now"):
      guard let format = arguments.listed.first?.text else {
        throw .unsupported("strftime_now without a format")
      }
      return .text(now(format))
    case .name("range"):
      let bounds = arguments.listed.compactMap(\.integer)
      guard bounds.count == arguments.listed.count, (1...2).contains(bounds.count) else {
        throw .unsupported("such a range")
      }
      let (start, end) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
      guard start < end else { return .list([]) }
      let (length, overflows) = end.subtractingReportingOverflow(start)
      guard !overflows, length <= Self.mostSteps else { throw .unsupported("so long a range") }
      return .list((start..<end).map { .integer($0) })
    case .member(let object, .value(.text(let name))):
      let value = try evaluate(object)
      let result = try JinjaMethods.call(name, on: value, arguments)
      if let text = result.text { try check(text) }
      return result
    case .name(let name): throw .unsupported("the function \"\(ForeignText.line(name))\"")
    default: throw .unsupported("such a call")
    }
  }
}
