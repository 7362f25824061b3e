import FuzzSupport
import Glibc

/// An input that should be looked at.
enum Finding {
  /// Keeps the input of a case.
  ///
  /// - Returns: the path.
  static func save(_ trial: FuzzCase, seed: UInt64, in folder: String) -> String {
    mkdir(folder, 0o755)
    let path = "\(folder)/\(trial.kind.name)-\(seed)-\(trial.number)"
    write(trial.input, to: path)
    return path
  }

  static func writeSeeds(of kinds: [FuzzKind], to folder: String) {
    for kind in kinds {
      mkdir("\(folder)/\(kind.name)", 0o755)
      for (index, seed) in kind.seeds.enumerated() { write(seed, to: "\(folder)/\(kind.name)/seed-\(index)") }
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  static func report(_ trial: FuzzCase, _ complaint: String, _ options: RunOptions) {
    reportMessage(
      "FAILED case \(trial.number), seed \(options.seed), \(trial.kind.name): \(complaint.prefix(1500))")
    reportMessage("  input: \(save(trial, seed: options.seed, in: options.findings))")
    reportMessage(
      "  again: Scripts/fuzz --seed \(options.seed) --case \(trial.number)"
        + (options.kinds.count == FuzzKind.all.count
          ? "" : options.kinds.map { " --kind \($0.name)" }.joined()))
  }
}
