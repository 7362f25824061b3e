/// A token that is searched in the text itself, before the rest is cut into pieces: `<|endoftext|>`.
///
/// Named after the members of tokenizer.json.
struct AddedToken: Equatable, Sendable {
  var text: [UInt8]
  /// The token includes the white space before (after) it.
  var stripsLeft = false
  var stripsRight = false
  /// The token counts only where no word character is next to it.
  var isSingleWord = false
  /// The token is searched in the second round, in normalized text.
  var isNormalized = false
  var isSpecial = false

  /// A token that is named by its text alone.
  init(special text: String) {
    self.text = Array(text.utf8)
    isSpecial = true
  }

  /// `{"content": "<|pad|>", "lstrip": false, ...}`; nil without a text. A token that is not special is normalized, unless
  /// the object says otherwise.
  init?(_ json: JSON) {
    guard let text = json["content"]?.string else { return nil }
    self.text = Array(text.utf8)
    func flag(_ name: String) -> Bool { json[name]?.bool ?? false }
    (stripsLeft, stripsRight) = (flag("lstrip"), flag("rstrip"))
    (isSingleWord, isSpecial) = (flag("single_word"), flag("special"))
    isNormalized = json["normalized"]?.bool ?? !isSpecial
  }
}

/// The tokens that were added to a vocabulary, with the ids that `tokenizers` gives them: those of the vocabulary where
/// it has the token, else the next free ones in the order of adding. Ids that a file names are not read. A new id can be one
/// that a token of the vocabulary has, where the vocabulary leaves ids out; it is then the added token's.
struct AddedVocabulary: Sendable {
  private var ids: [[UInt8]: Int] = [:]
  private var tokens: [Int: AddedToken] = [:]
  /// By id, where it is not the token's text: a normalized token is shown as it is searched.
  private var normalizedTexts: [Int: [UInt8]] = [:]
  private var largestID = -1
  private var specialTexts: Set<[UInt8]> = []
  /// Special tokens in a text are read as text, unless the caller says otherwise.
  private let splitsSpecialTokens: Bool
  private var first = AddedTokenSearch([])
  private var second = AddedTokenSearch([])

  init(splitsSpecialTokens: Bool = false) { self.splitsSpecialTokens = splitsSpecialTokens }

  /// Largest id + 1.
  var endOfIDs: Int { largestID + 1 }

  func id(of text: [UInt8]) -> Int? { ids[text] }

  /// nil where no token was added with this id.
  func text(of id: Int) -> [UInt8]? {
    guard id <= largestID, let token = tokens[id] else { return nil }
    return normalizedTexts[id] ?? token.text
  }

  /// Whether a token of this text was added, and no other has taken its id since.
  func holds(_ text: [UInt8]) -> Bool { ids[text].flatMap { tokens[$0] }?.text == text }

  func isSpecial(_ id: Int) -> Bool { tokens[id]?.isSpecial ?? false }

  func contains(_ token: AddedToken) -> Bool { ids[token.text].flatMap { tokens[$0] } == token }

  /// Adds tokens behind those that are there. One that is known takes over the new settings.
  ///
  /// - Parameter normalizer: what a text goes through before the second round.
  mutating func add(
    _ list: [AddedToken], to vocabulary: Vocabulary, _ normalizer: TextNormalizer = TextNormalizer()
  ) {
    add(list, to: vocabulary) { text in
      text.withUnsafeBytes { normalizer.normalize($0) { Array($0) } }
    }
  }

  /// - Parameter normalize: what a text goes through before the second round.
  mutating func add(_ list: [AddedToken], to vocabulary: Vocabulary, normalize: ([UInt8]) -> [UInt8]) {
    var nextID = max(largestID + 1, vocabulary.tokenCount)
    var isChanged = false
    for token in list where !token.text.isEmpty {
      if token.isSpecial { specialTexts.insert(token.text) }
      if contains(token) { continue }
      let known = ids[token.text] ?? vocabulary.id(ofText: token.text[...])
      let id = known ?? nextID
      if known == nil { nextID += 1 }
      ids[token.text] = id
      tokens[id] = token
      largestID = max(largestID, id)
      isChanged = true
    }
    guard isChanged else { return }
    var (firstEntries, secondEntries): ([AddedTokenSearch.Entry], [AddedTokenSearch.Entry]) = ([], [])
    normalizedTexts = [:]
    for (id, token) in tokens.sorted(by: { $0.key < $1.key }) {
      if token.isNormalized {
        let pattern = normalize(token.text)
        if pattern != token.text { normalizedTexts[id] = pattern }
        secondEntries.append((pattern, id))
      } else {
        firstEntries.append((token.text, id))
      }
    }
    (first, second) = (AddedTokenSearch(firstEntries), AddedTokenSearch(secondEntries))
  }

  // MARK: Search

  enum Round { case first, second }

  /// Calls `body` with the parts of `text`, in order, as one round finds them.
  func forEachSegment(
    in text: UnsafeRawBufferPointer, _ round: Round, parsesSpecial: Bool,
    _ body: (AddedTokenSearch.Segment) -> Void
  ) {
    let search = round == .first ? first : second
    let leavesSpecial = splitsSpecialTokens && !parsesSpecial
    search.forEachSegment(in: text) { id in
      guard let token = tokens[id], !(leavesSpecial && specialTexts.contains(token.text)) else { return nil }
      return token
    } body: {
      body($0)
    }
  }

  /// A part of a text as both rounds leave it.
  enum Part {
    case token(Int)
    /// Normalized; not empty. `isFirst`: nothing stands before it.
    case text(UnsafeRawBufferPointer, isFirst: Bool)
  }

  /// Calls `body` with the parts of `text`, in order.
  func forEachPart(
    of text: UnsafeRawBufferPointer, _ normalizer: TextNormalizer, parsesSpecial: Bool, _ body: (Part) -> Void
  ) {
    forEachSegment(in: text, .first, parsesSpecial: parsesSpecial) { segment in
      switch segment {
      case .token(let id): body(.token(id))
      case .text(let range):
        normalizer.normalize(UnsafeRawBufferPointer(rebasing: text[range])) { part in
          guard !second.isEmpty else {
            return part.isEmpty ? () : body(.text(part, isFirst: range.lowerBound == 0))
          }
          forEachSegment(in: part, .second, parsesSpecial: parsesSpecial) { segment in
            switch segment {
            case .token(let id): body(.token(id))
            case .text(let inner):
              body(
                .text(
                  UnsafeRawBufferPointer(rebasing: part[inner]),
                  isFirst: range.lowerBound == 0 && inner.lowerBound == 0))
            }
          }
        }
      }
    }
  }
}
