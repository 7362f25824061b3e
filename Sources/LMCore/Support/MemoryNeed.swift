/// What a model, or a file of one, takes of memory, in bytes.
struct MemoryNeed: Equatable {
  /// In use after a whole context was read.
  var memory: Int
  /// Allocated besides files that are mapped already, used or not.
  var addressSpace: Int
  /// The part of `memory` that a shorter context makes smaller.
  var context: Int

  init(memory: Int, addressSpace: Int, context: Int = 0) {
    (self.memory, self.addressSpace, self.context) = (memory, addressSpace, context)
  }

  /// A vocabulary that is read from so many bytes: its tokens, their bytes and the tables that find them.
  init(vocabularyBytes: Int) {
    let (product, overflows) = vocabularyBytes.multipliedReportingOverflow(by: 8)
    memory = overflows ? .max : product
    addressSpace = memory
    context = 0
  }

  /// Throws where the budget does not hold the need.
  ///
  /// - Parameters:
  ///   - name: what the need is of: a model, or a file.
  ///   - smaller: what the model needs in 8 bits, where it is to be loaded in more.
  func check(_ budget: MemoryBudget, name: String, smaller: MemoryNeed? = nil) throws(MemoryError) {
    let bounds: [(MemoryBudget.Bound, Int)] = [
      (.system, memory), (.group, memory), (.addressSpace, addressSpace), (.data, addressSpace),
    ]
    for (bound, needed) in bounds {
      guard let left = budget.left[bound], left < needed else { continue }
      let fits = smaller.flatMap { [.system, .group].contains(bound) && $0.memory <= left ? $0.memory : nil }
      throw MemoryError(
        name: name, needed: needed, left: left, bound: bound, neededInInt8: fits,
        fitsInShorterContext: needed - context < left)
    }
  }
}

/// A model, or a file of it, does not fit into memory.
public struct MemoryError: Error, Equatable, Sendable, CustomStringConvertible {
  let name: String
  let needed: Int
  let left: Int
  let bound: MemoryBudget.Bound
  /// Where that would fit.
  let neededInInt8: Int?
  /// Whether less than the context's part is missing.
  let fitsInShorterContext: Bool

  public var description: String {
    let (needs, has) = (NumberFormat.bytes(needed), NumberFormat.bytes(left))
    let smaller =
      (fitsInShorterContext ? ", give a smaller --context" : "")
      + (neededInInt8.map { ", or use --precision int8, which needs \(NumberFormat.bytes($0))" } ?? "")
    switch bound {
    case .system:
      return "\(name) needs \(needs) of memory, but this machine has \(has) free: close other programs, "
        + "take a smaller model\(smaller)."
    case .group:
      return
        "\(name) needs \(needs) of memory, but the limit of its control group (of the container) leaves \(has): "
        + "raise it, take a smaller model\(smaller)."
    case .addressSpace:
      return "\(name) needs \(needs) of address space, but 'ulimit -v' leaves \(has): raise it\(smaller)."
    case .data:
      return "\(name) needs \(needs) of address space, but 'ulimit -d' leaves \(has): raise it\(smaller)."
    }
  }
}
