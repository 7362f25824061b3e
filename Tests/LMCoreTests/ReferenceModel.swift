import Foundation
import Testing

@testable import LMCore

/// A tiny model of Fixtures/Models, Fixtures/Families or Fixtures/GGUFModels, and what transformers computes with it.
struct ReferenceModel: CustomTestStringConvertible {
  let name: String
  let folder: String
  /// Fed tokens.
  let ids: [Int]
  /// The positions whose logits are known: all in Fixtures/Models.
  let positions: [Int]
  /// Logits of those positions, [positions, V].
  let logits: [Float]
  /// How many of the ids greedy decoding starts from in Fixtures/Models.
  let promptLength: Int
  /// What greedy decoding starts from, and what it then chooses.
  let greedyPrompt: [Int]
  let greedy: [Int]

  var testDescription: String { name }

  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static let all = models(in: "Models")
  /// Models of other families than GPT-2.
  static let families = models(in: "Families")
  /// Models in GGUF files.
  static let gguf = models(in: "GGUFModels")

  private static func models(in folder: String) -> [ReferenceModel] {
    let folder = fixtures.appendingPathComponent(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { ReferenceModel(folder.appendingPathComponent($0)) }
  }

  static let storyteller = ReferenceModel(fixtures.appendingPathComponent("Storyteller"))

  init(_ folder: URL) {
    name = folder.lastPathComponent
    self.folder = folder.path
    let bytes = (try? Data(contentsOf: folder.appendingPathComponent("expected.json"))) ?? Data()
    let expected = try? JSON(parsing: Array(bytes))
    ids = expected?["ids"]?.array?.compactMap(\.int) ?? []
    positions = expected?["positions"]?.array?.compactMap(\.int) ?? Array(ids.indices)
    promptLength = expected?["prompt"]?.int ?? 0
    greedyPrompt = expected?["greedy_prompt"]?.array?.compactMap(\.int) ?? Array(ids.prefix(promptLength))
    greedy = expected?["greedy"]?.array?.compactMap(\.int) ?? []
    let floats = (try? Data(contentsOf: folder.appendingPathComponent("logits.f32"))) ?? Data()
    logits = floats.withUnsafeBytes { raw in
      (0..<raw.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }

  func load(threads: Int = 1, kernels: Kernels? = nil) throws -> Transformer {
    try Transformer.load(directory: folder, threads: threads, kernels: kernels)
  }
}

/// The largest difference and where it is; NaN counts as infinite.
func largestDifference(_ a: [Float], _ b: [Float]) -> (difference: Float, index: Int) {
  guard a.count == b.count else { return (.infinity, -1) }
  var largest: (difference: Float, index: Int) = (0, -1)
  for i in a.indices {
    let difference = abs(a[i] - b[i])
    if !(difference <= largest.difference) { largest = (difference.isNaN ? .infinity : difference, i) }
  }
  return largest
}

/// Index of the first float whose bits differ, nil where all agree.
func firstBitDifference(_ a: [Float], _ b: [Float]) -> Int? {
  guard a.count == b.count else { return -1 }
  return a.indices.first { a[$0].bitPattern != b[$0].bitPattern }
}

extension Transformer {
  /// Logits of every position of a text fed at once, [T, V].
  func allLogits(_ ids: [Int]) -> [Float] {
    var hidden: [Float] = []
    var logits: [Float] = []
    prefill(ids, into: makeCache(), everyHidden: &hidden)
    computeLogits(hidden, into: &logits)
    return logits
  }

  /// The same, fed token by token.
  func allLogitsByDecoding(_ ids: [Int]) -> [Float] {
    let cache = makeCache()
    var (hidden, logits, all): ([Float], [Float], [Float]) = ([], [], [])
    for id in ids {
      decode([id], into: [cache], hidden: &hidden)
      computeLogits(hidden, into: &logits)
      all += logits
    }
    return all
  }

  func greedy(_ prompt: [Int], count: Int) -> [Int] {
    let cache = makeCache()
    var (hidden, logits, chosen): ([Float], [Float], [Int]) = ([], [], [])
    prefill(prompt, into: cache, hidden: &hidden)
    for _ in 0..<count {
      computeLogits(hidden, into: &logits)
      chosen.append(logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 })
      if chosen.count < count { decode([chosen[chosen.count - 1]], into: [cache], hidden: &hidden) }
    }
    return chosen
  }
}
