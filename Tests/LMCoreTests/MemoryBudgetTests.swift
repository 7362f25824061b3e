import TestSupport
import Testing

@testable import LMCore

/// What is left, read from files as the kernel writes them.
@Suite struct MemoryBudgetTests {
  private func root(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (path, text) in files { try folder.write(path, text) }
    return folder
  }

  @Test func readsWhatTheMachineHasFree() throws {
    let folder = try root(["proc/meminfo": "MemTotal: 16384 kB\nMemFree: 10 kB\nMemAvailable:    2048 kB\n"])
    #expect(MemoryBudget(root: folder.path).left[.system] == 2 << 20)
    #expect(MemoryBudget(root: folder.path).left[.group] == nil)
  }

  @Test func theTightestGroupCounts() throws {
    let folder = try root([
      "proc/self/cgroup": "0::/outer/inner\n",
      "sys/fs/cgroup/outer/memory.max": "1000000\n", "sys/fs/cgroup/outer/memory.current": "900000\n",
      "sys/fs/cgroup/outer/memory.stat": "anon 1\ninactive_file 100000\nactive_file 50000\n",
      "sys/fs/cgroup/outer/inner/memory.max": "max\n", "sys/fs/cgroup/outer/inner/memory.current": "5\n",
    ])
    #expect(MemoryBudget(root: folder.path).left[.group] == 250_000)
  }

  @Test func readsGroupsOfTheFirstVersion() throws {
    let folder = try root([
      "proc/self/cgroup": "9:cpu:/x\n4:memory:/job\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "7\n",
      "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "5000\n",
      "sys/fs/cgroup/memory/job/memory.usage_in_bytes": "6000\n",
    ])
    #expect(MemoryBudget(root: folder.path).left[.group] == 0)
  }

  @Test func theSentenceSaysWhatIsNeededAndWhatIsThere() throws {
    let json = #"""
      {"model_type":"gpt2","vocab_size":50257,"n_positions":1024,"n_embd":1600,"n_layer":48,"n_head":25}
      """#
    let metadata = try ModelMetadata(json: JSON(parsing: json), file: "config.json")
    let blueprint = try GPT2Family.blueprint(metadata)
    let need = MemoryNeed(blueprint, weights: 6_430_000_000, ownWeights: 0, threads: 2)
    let smaller = MemoryNeed(
      blueprint, weights: 1_700_000_000, ownWeights: 1_700_000_000, threads: 2)
    #expect(need.memory > 6_430_000_000 + 8 * 48 * 1024 * 1600)
    func sentence(_ left: [MemoryBudget.Bound: Int]) -> String? {
      do throws(MemoryError) {
        try need.check(MemoryBudget(left: left), name: "gpt2-xl", smaller: smaller)
        return nil
      } catch { return error.description }
    }
    #expect(sentence([:]) == nil)
    #expect(sentence([.system: need.memory, .addressSpace: need.addressSpace]) == nil)
    #expect(
      sentence([.system: 3_100_000_000])
        == "gpt2-xl needs 7.11 GB of memory, but this machine has 3.10 GB free: close other programs, take a "
        + "smaller model, or use --precision int8, which needs 2.38 GB.")
    // Where 8 bits would not fit either, they are no advice.
    #expect(sentence([.group: 1_000_000_000])?.contains("int8") == false)
    #expect(
      sentence([.group: 1_000_000_000])?.contains("control group (of the container) leaves 1.00 GB") == true)
    #expect(
      sentence([.system: need.memory - need.context + 1])?.contains(
        "take a smaller model, give a smaller --context") == true)
    #expect(sentence([.data: 1000])?.contains("'ulimit -d' leaves") == true)
  }
}
