import Foundation
import LMCore
import Testing

/// The form of the report; how fast anything is cannot be tested.
@Suite(.serialized) struct BenchCommandTests {
  private static let members = [
    "model", "threads", "precision", "prefill_tokens_per_second", "decode_tokens_per_second",
    "two_lane_steps_per_second", "bytes_per_token", "read_bandwidth_bytes_per_second", "fraction_of_limit",
    "load_seconds", "first_distribution_seconds", "peak_rss_bytes", "two_lane_cost", "kernels",
    "openblas_core",
  ]

  @Test func jsonHasItsFields() throws {
    let run = try ProgramRun(["bench", "--threads", "2", "--format", "json"])
    #expect(run.code == 0)
    #expect(run.errors == "")
    let report = try run.json()
    #expect(report.members?.map(\.name) == Self.members)
    #expect(report["model"] == "storyteller")
    #expect(report["precision"] == "f32")
    #expect(report["threads"] == JSON(2))
    #expect(report["bytes_per_token"] == JSON(try Transformer.loadBuiltIn().bytesPerStep))
    let numbers = try Self.members.dropFirst(3).dropLast(2).map { try #require(report[$0]?.double) }
    #expect(numbers.allSatisfy { $0 > 0 && $0.isFinite })
    let load = try #require(report["load_seconds"]?.double)
    let first = try #require(report["first_distribution_seconds"]?.double)
    #expect(first > load)
  }

  @Test func eightBitsTellWhatTheyCost() throws {
    let report = try ProgramRun(["bench", "--precision", "int8", "--format", "json"]).json()
    #expect(report.members?.map(\.name) == Self.members + ["quality"])
    let quality = try #require(report["quality"])
    #expect(
      quality.members?.map(\.name) == ["positions", "mean_kl_bits", "largest_kl_bits", "argmax_agreement"])
    #expect(try #require(quality["positions"]?.int) > 200)
    let mean = try #require(quality["mean_kl_bits"]?.double)
    #expect(mean > 0 && mean < 0.01)
    #expect(try #require(quality["largest_kl_bits"]?.double) >= mean)
    let agreement = try #require(quality["argmax_agreement"]?.double)
    #expect(agreement > 0.9 && agreement <= 1)
    let own = try ProgramRun(["bench", "--ids", "1 2 3", "--precision", "int8", "--format", "json"]).json()
    #expect(own["quality"]?["positions"] == JSON(3))
  }

  @Test func batchesHaveTheirLimits() throws {
    let arguments = ["bench", "--batches", "1,3", "--threads", "2"]
    let report = try ProgramRun(arguments + ["--format", "json"]).json()
    #expect(report.members?.map(\.name) == Self.members + ["multiply_adds_per_second", "batches"])
    let batches = try #require(report["batches"]?.array)
    #expect(batches.map { $0["texts"] } == [JSON(1), JSON(3)])
    for batch in batches {
      let texts = try #require(batch["texts"]?.double)
      let seconds = try #require(batch["step_seconds"]?.double)
      let rate = try #require(batch["tokens_per_second"]?.double)
      #expect(abs(rate * seconds - texts) < 1e-6 * texts)
      #expect(try #require(batch["limit_seconds"]?.double) > 0)
    }
    let table = try ProgramRun(arguments).output
    #expect(table.contains("a step of 1 text ") && table.contains("a step of 3 texts"))
    #expect(table.contains(" (reading the weights)"))
  }

  @Test(arguments: ["", "0", "1,,2", "257", "a", "1 2"])
  func batchesAreNumbers(_ list: String) throws {
    let run = try ProgramRun(["bench", "--batches", list])
    #expect(run.code == 2)
    #expect(
      run.errors.contains("--batches takes numbers of 1 to 256 with commas between them, as 1,8,32, not"))
  }

  @Test func theTableIsForPeople() throws {
    let table = try ProgramRun(["bench", "--precision", "int8", "--threads", "1"]).output
    for word in [
      "storyteller, 5.92M int8, ", "1 thread, kernels ", "prefill of 512 tokens", "decode", "two lanes",
      "memory is read at", "peak memory", "int8 against float32", " bits a token (KL)",
    ] {
      #expect(table.contains(word), "\(word)")
    }
  }

  @Test func aTextIsForTheQualityOfEightBits() throws {
    #expect(try ProgramRun(["bench", "a", "--ids", "1"]).code == 2)
    let unused = try ProgramRun(["bench", "--ids", "1"])
    #expect(unused.code == 2)
    #expect(unused.errors.contains("only with --precision int8"))
    let invalidID = try ProgramRun(["bench", "--ids", "999999", "--precision", "int8"])
    #expect(invalidID.code == 1)
    #expect(invalidID.errors.contains("999999"))
  }
}
