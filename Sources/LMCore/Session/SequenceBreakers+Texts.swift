extension SequenceBreakers {
  /// The token sequences of a vocabulary that spell a text, as llama.cpp finds them: every token that contains it, and
  /// every token that ends in its beginning, followed by the tokens of the rest.
  ///
  /// - Parameter texts: cut to 40 bytes each; a rest to 20 tokens.
  init(_ texts: [String], of tokenizer: some Tokenizer) {
    let breakers = texts.map { Array($0.utf8.prefix(40)) }.filter { !$0.isEmpty }
    var rests: [[UInt8]: [Int]] = [:]
    var sequences: Set<[Int]> = []
    for id in 0..<tokenizer.vocabularySize {
      guard let bytes = tokenizer.bytes(of: id) else { continue }
      for breaker in breakers where bytes.contains(where: { $0 == breaker[0] }) {
        for start in bytes.indices where bytes[start] == breaker[0] {
          let end = bytes[start...]
          if end.starts(with: breaker) {
            sequences.insert([id])
          } else if end.count < breaker.count, breaker.starts(with: end) {
            let rest = Array(breaker[end.count...])
            let tail =
              rests[rest] ?? ((try? tokenizer.encode(String(decoding: rest, as: UTF8.self), .part)) ?? [])
            rests[rest] = tail
            if !tail.isEmpty { sequences.insert([id] + tail.prefix(20)) }
          }
        }
      }
    }
    self.init(sequences)
  }
}

extension SamplingSettings {
  /// Where a repeated run of tokens ends in a vocabulary; nothing is looked for where DRY is off.
  public func sequenceBreakers(in tokenizer: any Tokenizer) -> SequenceBreakers {
    StepName.dry.isOn(self) ? SequenceBreakers(drySequenceBreakers, of: tokenizer) : .none
  }
}
