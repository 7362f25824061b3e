/// What the small files beside a vocabulary say of its tokens, combined as transformers 5 combines them.
///
/// tokenizer_config.json comes first. Where it lists `added_tokens_decoder`, the other files count no more; else
/// special_tokens_map.json takes its place key by key, and added_tokens.json and tokenizer.json tell the added tokens.
/// Source: `PreTrainedTokenizerBase._from_pretrained` and `TokenizersBackend.__init__`.
struct TokenizerSettings {
  /// A small file that has been read.
  struct Source {
    let json: JSON
    let file: String
  }

  struct Sources {
    var configuration: Source?
    var specialTokensMap: Source?
    var addedTokens: Source?
    /// nil where there is no tokenizer.json.
    var documentTokens: [(id: Int, token: AddedToken)]?
  }

  /// A token as it is named: by its text, or with settings of its own.
  private enum Named: Equatable {
    case text(String)
    case token(AddedToken)

    var text: [UInt8] {
      switch self {
      case .text(let text): Array(text.utf8)
      case .token(let token): token.text
      }
    }
  }

  /// In the order in which transformers adds them.
  private static let names = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]
  private static let extra = "extra_special_tokens"
  /// What `extra` was called earlier.
  private static let additional = "additional_special_tokens"

  private let file: String
  private var members: [JSON.Member]
  private var modelSpecific: [JSON.Member] = []
  private var listed: [Int: AddedToken] = [:]
  private var listedByText: [[UInt8]: AddedToken] = [:]
  private var named: [(name: String, token: Named)] = []
  private var extras: [Named] = []

  /// - Parameter defaults: what a class calls its tokens where no file does.
  init(_ sources: Sources, defaults: [String: String]) throws(TokenizerError) {
    file = sources.configuration?.file ?? "tokenizer_config.json"
    members = sources.configuration?.json.members ?? []
    // The template of tokenizer.json stands in their place.
    if sources.documentTokens != nil {
      members.removeAll { ["add_bos_token", "add_eos_token"].contains($0.name) }
    }
    if let list = self[Self.additional], Self.isNothing(self[Self.extra]) {
      set(Self.extra, list)
      remove(Self.additional)
    }
    for member in members where Self.isSpecific(member.name) && member.value.string != nil {
      modelSpecific.append(member)
      remove(member.name)
    }
    takeNamedExtras()
    if let list = self["added_tokens_decoder"] {
      try readList(list)
    } else {
      if let map = sources.specialTokensMap { try readMap(map) }
      if let source = sources.addedTokens { try readAddedTokens(source) }
      for (id, token) in sources.documentTokens ?? [] { note(token, id: id) }
    }
    try nameTokens(defaults)
  }

  // MARK: Reading

  private subscript(name: String) -> JSON? { members.last { $0.name == name }?.value }

  private mutating func set(_ name: String, _ value: JSON) {
    if let index = members.lastIndex(where: { $0.name == name }) {
      members[index].value = value
    } else {
      members.append(JSON.Member(name, value))
    }
  }

  private mutating func remove(_ name: String) { members.removeAll { $0.name == name } }

  private static func isNothing(_ value: JSON?) -> Bool {
    value == nil || value == .null || value?.array?.isEmpty == true || value?.members?.isEmpty == true
  }

  private static func isSpecific(_ name: String) -> Bool { name.hasSuffix("_token") && !names.contains(name) }

  private mutating func takeNamedExtras() {
    guard let named = self[Self.extra]?.members else { return }
    for member in named {
      modelSpecific.removeAll { $0.name == member.name }
      modelSpecific.append(member)
    }
    remove(Self.extra)
  }

  private mutating func note(_ token: AddedToken, id: Int) {
    listed[id] = token
    listedByText[token.text] = token
  }

  private mutating func readList(_ list: JSON) throws(TokenizerError) {
    for member in list.members ?? [] {
      guard let id = Int(member.name), let token = AddedToken(member.value) else {
        throw .unexpectedValue(
          file: file, place: "added_tokens_decoder",
          expected: "an object of ids and tokens, each with its content")
      }
      note(token, id: id)
    }
  }

  private mutating func readMap(_ map: Source) throws(TokenizerError) {
    guard let told = map.json.members else {
      throw .unexpectedValue(file: map.file, place: "the document", expected: "an object")
    }
    for member in told {
      if let settings = member.value.members, member.name != Self.extra {
        let kept = settings.filter { !["special", "__type"].contains($0.name) }
        set(
          member.name,
          .object(kept + [.init("__type", "AddedToken"), .init("special", true), .init("from map", true)]))
      } else if let list = member.value.array, member.name == Self.extra {
        let earlier = self[Self.extra]?.array ?? []
        set(Self.extra, .array(earlier + list.filter { !earlier.contains($0) }))
      } else {
        set(member.name, member.value)
      }
    }
    takeNamedExtras()
  }

  private mutating func readAddedTokens(_ source: Source) throws(TokenizerError) {
    let all = Self.names.compactMap { self[$0] } + (self[Self.extra]?.array ?? [])
    // An object of tokenizer_config.json is not yet read as a token here, unlike one of the map.
    let special = Set(all.compactMap { $0.string ?? ($0["from map"] == nil ? nil : $0["content"]?.string) })
    guard let tokens = source.json.members else {
      throw .unexpectedValue(
        file: source.file, place: "the document", expected: "an object of tokens and their ids")
    }
    for member in tokens {
      guard let id = member.value.int else {
        throw .idNotAnInteger(file: source.file, token: member.name, literal: member.value.description)
      }
      var token = AddedToken(special: member.name)
      token.isSpecial = special.contains(member.name)
      token.isNormalized = !token.isSpecial
      note(token, id: id)
    }
  }

  private func token(_ value: JSON, _ place: String) throws(TokenizerError) -> Named {
    if let text = value.string { return .text(text) }
    guard value["__type"] == "AddedToken", let token = AddedToken(value) else {
      throw .unexpectedValue(
        file: file, place: place, expected: "a token: its text, or an object of the type AddedToken")
    }
    return .token(token)
  }

  private mutating func nameTokens(_ defaults: [String: String]) throws(TokenizerError) {
    for name in Self.names {
      guard let value = self[name] else {
        if let text = defaults[name] { named.append((name, .text(text))) }
        continue
      }
      if value == .null { continue }
      let token = try token(value, name)
      named.append((name, listedByText[token.text].map(Named.token) ?? token))
    }
    let late = members.filter {
      Self.isSpecific($0.name) && ($0.value.string != nil || $0.value["__type"] == "AddedToken")
    }
    for member in late where !modelSpecific.contains(where: { $0.name == member.name }) {
      named.append((member.name, try token(member.value, member.name)))
    }
    for member in modelSpecific { named.append((member.name, try token(member.value, member.name))) }
    let list = self[Self.extra] ?? self[Self.additional] ?? .null
    guard list != .null else { return }
    guard let values = list.array else {
      throw .unexpectedValue(
        file: file, place: Self.extra, expected: "a list of tokens, or an object of names and tokens")
    }
    for value in values { extras.append(try token(value, Self.extra)) }
  }

  // MARK: What they say

  /// The tokens that are added to those of `known`, in order. Listed ones are added again, and can then be special.
  func tokens(besides known: AddedVocabulary) -> [AddedToken] {
    var tokens = listed.sorted { $0.key < $1.key }.map { Named.token($0.value) }
    let texts = Set(tokens.map(\.text))
    for token in named.map(\.token) + extras
    where !known.holds(token.text) && !texts.contains(token.text) && !tokens.contains(token) {
      tokens.append(token)
    }
    let special = Set(named.map(\.token.text))
    return tokens.map { token in
      switch token {
      case .text(let text): return AddedToken(special: text)
      case .token(var token):
        if special.contains(token.text) { token.isSpecial = true }
        return token
      }
    }
  }

  /// The text of a named token, `bos_token`; nil where it has none.
  func text(of name: String) -> String? {
    named.first { $0.name == name }.map { String(decoding: $0.token.text, as: UTF8.self) }
  }

  /// The texts of the named tokens.
  var namedTexts: [String: String] {
    Dictionary(named.map { ($0.name, String(decoding: $0.token.text, as: UTF8.self)) }) { first, _ in first }
  }

  /// The token that begins texts; the one that ends them where there is no other.
  func special(in added: AddedVocabulary, or third: String? = nil) -> SpecialTokens {
    let ids = ["bos_token", third, "eos_token"].compactMap { $0 }.lazy.compactMap { id($0, in: added) }
    return SpecialTokens(begin: ids.first)
  }

  /// The id of a named token.
  func id(_ name: String, in added: AddedVocabulary) -> Int? {
    text(of: name).flatMap { added.id(of: Array($0.utf8)) }
  }

  /// - Throws: `TokenizerError.unexpectedValue` for what is neither true nor false.
  func flag(_ name: String, or fallback: Bool) throws(TokenizerError) -> Bool {
    try flag(name) ?? fallback
  }

  /// nil where it is missing or null.
  func flag(_ name: String) throws(TokenizerError) -> Bool? {
    guard let value = self[name], value != .null else { return nil }
    guard let flag = value.bool else {
      throw .unexpectedValue(file: file, place: name, expected: "true or false")
    }
    return flag
  }
}
