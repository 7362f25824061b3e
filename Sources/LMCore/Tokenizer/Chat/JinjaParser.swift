/// A part of a parsed template.
indirect enum JinjaNode: Sendable {
  case text(String)
  case output(JinjaExpression)
  case choice([(condition: JinjaExpression?, body: [JinjaNode])])
  case loop(
    names: [String], over: JinjaExpression, only: JinjaExpression?, body: [JinjaNode], otherwise: [JinjaNode])
  case set(name: String, member: String?, JinjaExpression)
}

indirect enum JinjaExpression: Sendable {
  case value(JinjaValue)
  case name(String)
  case list([JinjaExpression])
  case map([(String, JinjaExpression)])
  case member(JinjaExpression, JinjaExpression)
  case slice(JinjaExpression, from: JinjaExpression?, to: JinjaExpression?, step: JinjaExpression?)
  case call(JinjaExpression, [JinjaArgument])
  case filter(JinjaExpression, String, [JinjaArgument])
  case test(JinjaExpression, String, [JinjaArgument])
  case not(JinjaExpression)
  case negative(JinjaExpression)
  case both(JinjaExpression, JinjaExpression)
  case either(JinjaExpression, JinjaExpression)
  case binary(String, JinjaExpression, JinjaExpression)
  case conditional(JinjaExpression, if: JinjaExpression, else: JinjaExpression?)
}

struct JinjaArgument: Sendable {
  /// nil for one that is given by its place.
  let name: String?
  let value: JinjaExpression
}

/// Reads the statements of a template. Names of functions, filters and tests are looked up only where they are used.
struct JinjaParser {
  private let parts: [JinjaPart]
  private var index = 0
  private var depth = 0

  private static let deepestNesting = 60

  static func parse(_ template: String) throws(JinjaError) -> [JinjaNode] {
    var parser = JinjaParser(parts: try JinjaLexer(template).parts)
    let (nodes, end) = try parser.nodes(until: [])
    guard end == nil else { throw .syntax("\"\(ForeignText.line(end ?? ""))\" has no begin") }
    return nodes
  }

  private init(parts: [JinjaPart]) { self.parts = parts }

  /// Reads up to one of these statements, or to the end.
  ///
  /// - Returns: the statement that ended it; its tokens are still to be read.
  private mutating func nodes(
    until ends: Set<String>
  ) throws(JinjaError) -> (nodes: [JinjaNode], end: String?) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else { throw .unsupported("such deep nesting") }
    var nodes: [JinjaNode] = []
    while index < parts.count {
      switch parts[index] {
      case .text(let text):
        nodes.append(.text(text))
        index += 1
      case .output(let tokens):
        index += 1
        var reader = JinjaExpressionReader(tokens)
        nodes.append(.output(try reader.whole()))
      case .statement(let tokens):
        guard case .name(let name)? = tokens.first else { throw .syntax("a statement has no name") }
        if ends.contains(name) { return (nodes, name) }
        index += 1
        var reader = JinjaExpressionReader(tokens.dropFirst())
        switch name {
        case "if": nodes.append(try choice(&reader))
        case "for": nodes.append(try loop(&reader))
        case "set": nodes.append(try assignment(&reader))
        // Marks of transformers, which write nothing.
        case "generation": nodes += try self.nodes(endingAt: "endgeneration")
        case let name where name.hasPrefix("end") || ["else", "elif"].contains(name):
          throw .syntax("\"\(ForeignText.line(name))\" has no begin")
        default: throw .unsupported("the statement \"\(ForeignText.line(name))\"")
        }
      }
    }
    guard ends.isEmpty else { throw .syntax("\"\(ends.sorted().last ?? "")\" is missing") }
    return (nodes, nil)
  }

  private mutating func nodes(endingAt end: String) throws(JinjaError) -> [JinjaNode] {
    let body = try nodes(until: [end]).nodes
    index += 1
    return body
  }

  private mutating func choice(_ reader: inout JinjaExpressionReader) throws(JinjaError) -> JinjaNode {
    var branches: [(condition: JinjaExpression?, body: [JinjaNode])] = []
    var condition: JinjaExpression? = try reader.whole()
    while true {
      let (body, end) = try nodes(until: ["elif", "else", "endif"])
      branches.append((condition, body))
      guard case .statement(let tokens) = parts[index] else { throw .syntax("\"endif\" is missing") }
      index += 1
      guard end != "endif" else { return .choice(branches) }
      guard condition != nil else { throw .syntax("a branch stands behind \"else\"") }
      var next = JinjaExpressionReader(tokens.dropFirst())
      condition = end == "elif" ? try next.whole() : nil
    }
  }

  private mutating func loop(_ reader: inout JinjaExpressionReader) throws(JinjaError) -> JinjaNode {
    var names = [try reader.name()]
    while reader.take(sign: ",") { names.append(try reader.name()) }
    guard reader.take(name: "in") else { throw .syntax("a loop has no \"in\"") }
    let over = try reader.withoutCondition()
    let only = reader.take(name: "if") ? try reader.expression() : nil
    try reader.expectEnd()
    let (body, end) = try nodes(until: ["else", "endfor"])
    index += 1
    let otherwise = end == "else" ? try nodes(endingAt: "endfor") : []
    return .loop(names: names, over: over, only: only, body: body, otherwise: otherwise)
  }

  private func assignment(_ reader: inout JinjaExpressionReader) throws(JinjaError) -> JinjaNode {
    let name = try reader.name()
    let member = reader.take(sign: ".") ? try reader.name() : nil
    guard reader.take(sign: "=") else { throw .unsupported("\"set\" without a value") }
    return .set(name: name, member: member, try reader.whole())
  }
}
