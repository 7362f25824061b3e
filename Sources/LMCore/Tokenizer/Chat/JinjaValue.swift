/// A value of a template, as Python has it.
enum JinjaValue: Sendable {
  /// What no name has; false, and an empty text where it is written.
  case undefined
  case none
  case bool(Bool)
  case integer(Int)
  case text(String)
  case list([JinjaValue])
  /// In order.
  case map([(key: String, value: JinjaValue)])
  /// A namespace by its number: the one value that a template can change from within a loop.
  case namespace(Int)

  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .text(let text): !text.isEmpty
    case .list(let values): !values.isEmpty
    case .map(let members): !members.isEmpty
    case .namespace: true
    }
  }

  var isNone: Bool { if case .none = self { true } else { false } }
  var isUndefined: Bool { if case .undefined = self { true } else { false } }
  var text: String? { if case .text(let text) = self { text } else { nil } }
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// As Python's `str` writes it; nil for lists and other values that no prompt should hold.
  var written: String? {
    switch self {
    case .undefined: ""
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .text(let text): text
    case .list, .map, .namespace: nil
    }
  }

  /// What it is, for error messages.
  var kind: String {
    switch self {
    case .undefined: "an unknown name"
    case .none: "none"
    case .bool: "true or false"
    case .integer: "a number"
    case .text: "a text"
    case .list: "a list"
    case .map: "an object"
    case .namespace: "a namespace"
    }
  }

  /// Python's `==`; texts are equal by their characters, not by what they look like.
  func equals(_ other: JinjaValue) -> Bool {
    switch (self, other) {
    case (.undefined, .undefined), (.none, .none): true
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.map(let a), .map(let b)):
      a.count == b.count
        && a.allSatisfy { member in b.contains { $0.key == member.key && $0.value.equals(member.value) } }
    case (.namespace(let a), .namespace(let b)): a == b
    default: integer != nil && integer == other.integer
    }
  }

  /// Python's `in`; nil where the container is none.
  func isIn(_ container: JinjaValue) -> Bool? {
    switch container {
    case .text(let whole):
      guard let part = text else { return nil }
      return part.isEmpty || Array(whole.utf8).firstRange(of: Array(part.utf8)) != nil
    case .list(let values): return values.contains { $0.equals(self) }
    case .map(let members): return members.contains { JinjaValue.text($0.key).equals(self) }
    case .undefined: return false
    default: return nil
    }
  }
}

/// Why a template gives no text.
enum JinjaError: Error, Equatable {
  /// The template is no template.
  case syntax(String)
  /// Something that templates can do, and that is not known here.
  case unsupported(String)
  /// The template's own message.
  case raised(String)
}
