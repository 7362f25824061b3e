import LMCore

/// One kind of input that comes from outside, and the part of the program that reads it.
///
/// A new kind is a file in Kinds and a line in `all`.
package struct FuzzKind: Sendable {
  /// What a mutation may know of the input.
  enum Form: Sendable {
    case bytes
    /// Lines of words; `words` are those that such files are made of.
    case lines(words: [String])
    case json
    /// A JSON document a line.
    case jsonLines
    case safetensors
    case gguf
  }

  package static let all: [FuzzKind] = [
    json, safetensorsHeader, gguf, weights, configuration, familyConfiguration, generation, index, shard,
    vocabulary, merges,
    tokenizerDocument,
    characterDocument, byteDocument, ggufTokenizer, chatTemplate, wordDocument, tokenizerSettings,
    wordVocabulary, prompt, lesson,
    reference, modelName, listing, answer, trace, beamTrace, savedSession, programConfig, programLesson,
    programFilter,
    programPrompt, programModel, llamaServer, vLLM, sgLang, openAI, serverMessage,
    programKeys,
  ]

  package let name: String
  let form: Form
  /// Inputs that are in order; at least one.
  package let seeds: [[UInt8]]
  /// Every so many cases of all one is of this kind, beside its turn. Kinds that start a program take milliseconds.
  let isSlow: Bool
  /// Reads the input, and uses what was read: returns after a right result, throws the program's own error for an input
  /// that it refuses, and `WrongResult` for what must not happen. The source makes the choices that the input leaves.
  package let read: @Sendable (_ input: [UInt8], _ random: inout RandomSource) throws -> Void

  init(
    _ name: String, _ form: Form, seeds: [[UInt8]], isSlow: Bool = false,
    read: @escaping @Sendable (_ input: [UInt8], _ random: inout RandomSource) throws -> Void
  ) {
    (self.name, self.form, self.seeds, self.isSlow, self.read) = (name, form, seeds, isSlow, read)
  }

  /// An input made from a seed.
  func mutate(_ random: inout RandomSource) -> [UInt8] {
    var bytes = random.pick(seeds)
    // A few inputs stay as they are: a harness that refuses everything would go unnoticed.
    if random.isOneIn(50) { return bytes }
    let isStructured = !random.isOneIn(3)
    if isStructured {
      switch form {
      case .bytes: break
      case .lines(let words): LineMutations.mutate(&bytes, &random, words: words)
      case .jsonLines:
        if random.isOneIn(3) {
          LineMutations.mutate(&bytes, &random, words: [])
        } else {
          JSONMutations.mutateLine(of: &bytes, &random)
        }
      case .json: JSONMutations.mutate(&bytes, &random)
      case .safetensors: SafetensorsMutations.mutate(&bytes, &random)
      case .gguf: GGUFMutations.mutate(&bytes, &random)
      }
    }
    if case .bytes = form {
      ByteMutations.mutate(&bytes, &random, others: seeds)
    } else if !isStructured || random.isOneIn(8) {
      ByteMutations.mutate(&bytes, &random, others: seeds)
    }
    if bytes.count > ByteMutations.longest { bytes.removeSubrange(ByteMutations.longest...) }
    return bytes
  }
}

/// What must not happen: a reader gave a result that is not right.
struct WrongResult: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
  guard condition else { throw WrongResult(sentence()) }
}
