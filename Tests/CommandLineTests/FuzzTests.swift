import FuzzSupport
import LMCore
import TestSupport
import Testing

/// Damaged inputs of every kind. `Scripts/fuzz` runs a hundred thousand; these are for every day.
@Suite struct FuzzTests {
  /// In a process of its own: a trap is a failed test, and the others go on.
  @Test func damagedInputsGiveASentenceOrARightResult() throws {
    let folder = try TemporaryFolder()
    let run = try ProgramRun(
      ["--cases", "3000", "--seed", "2019", "--findings", folder.path],
      // Under the sanitizer: it does not see the pointers that Swift keeps tagged in enumerations.
      environment: ["TMPDIR": folder.path, "PATH": "/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=0"],
      executable: ProgramRun.folder + "/fuzz-runner")
    #expect(run.code == 0, "\(run.output.suffix(4000))")
    #expect(run.output.contains("3000 cases"))
    // Every kind was tried, and what is in order is not refused.
    for kind in FuzzKind.all {
      let line = run.output.split(separator: "\n").first { $0.hasPrefix(kind.name + ": ") }
      let accepted = line?.dropFirst(kind.name.count + 2).prefix { $0.isNumber } ?? ""
      #expect((Int(accepted) ?? 0) > 0, "\(kind.name) accepts nothing: \(line ?? "no line")")
    }
  }

  @Test func theSameCaseIsTheSameInput() {
    for number in 0..<200 {
      let (first, second) = (FuzzCase(number: number, seed: 7), FuzzCase(number: number, seed: 7))
      #expect(first.kind.name == second.kind.name && first.input == second.input)
    }
    #expect((0..<50).contains { FuzzCase(number: $0, seed: 7).input != FuzzCase(number: $0, seed: 8).input })
  }

  @Test func seedsAreInOrder() {
    for kind in FuzzKind.all where !kind.name.hasPrefix("program-") {
      #expect(kind.seeds.allSatisfy { !$0.isEmpty }, "\(kind.name)")
      #expect(
        kind.seeds.contains { FuzzCase.run(kind, $0, RandomSource(seed: 1)) == .accepted },
        "\(kind.name) refuses its own seeds")
    }
  }
}
