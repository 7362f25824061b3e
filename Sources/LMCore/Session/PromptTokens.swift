extension GPT2Tokenizer {
  /// The ids a session starts from. GPT-2 has no beginning-of-text token of its own: an empty prompt starts from
  /// `<|endoftext|>`, as unconditional generation does.
  ///
  /// Throws `SessionError.emptyPrompt` where the vocabulary lacks that token too.
  public func promptIDs(of text: String) throws(SessionError) -> [Int] {
    let ids = encode(text)
    if !ids.isEmpty { return ids }
    guard let endOfText else { throw .emptyPrompt }
    return [endOfText]
  }
}
