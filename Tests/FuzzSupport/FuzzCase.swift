import LMCore

/// One input of a run: the number and the run's seed tell everything about it.
package struct FuzzCase: Sendable {
  package let number: Int
  package let kind: FuzzKind
  package let input: [UInt8]
  private let random: RandomSource

  package enum Outcome: Equatable, Sendable {
    /// The input was read, and the result is right.
    case accepted
    case refused(sentence: String)
    /// A wrong result, or an error that is none of the program's sentences.
    case failed(complaint: String)
  }

  /// How many cases in a row are of fast kinds before one of a slow kind comes.
  private static let fastCases = 40

  /// - Parameter kinds: those that take turns; not empty.
  package init(number: Int, seed: UInt64, kinds: [FuzzKind] = FuzzKind.all) {
    let (fast, slow) = (kinds.filter { !$0.isSlow }, kinds.filter(\.isSlow))
    let isSlow = fast.isEmpty || (!slow.isEmpty && number % Self.fastCases == 0)
    let turn = isSlow && !fast.isEmpty ? number / Self.fastCases : number
    kind = isSlow ? slow[turn % slow.count] : fast[turn % fast.count]
    var mixer = RandomSource(seed: seed)
    var random = RandomSource(seed: mixer.next() ^ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
    _ = random.next()
    input = kind.mutate(&random)
    self.number = number
    self.random = random
  }

  package func run() -> Outcome { Self.run(kind, input, random) }

  package static func run(_ kind: FuzzKind, _ input: [UInt8], _ random: RandomSource) -> Outcome {
    var random = random
    do {
      try kind.read(input, &random)
      return .accepted
    } catch let error as WrongResult {
      return .failed(complaint: error.description)
    } catch let error as ProgramRefusal {
      return ErrorJudge.complaint(aboutSentence: error.sentence).map {
        .failed(complaint: "\($0): \(error.sentence)")
      }
        ?? .refused(sentence: error.sentence)
    } catch {
      if let complaint = ErrorJudge.complaint(about: error) { return .failed(complaint: complaint) }
      return .refused(sentence: "\(error)")
    }
  }
}
