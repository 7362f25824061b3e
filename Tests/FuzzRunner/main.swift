// Damaged files by the thousand: see Scripts/fuzz.
import FuzzSupport
import Glibc
import LMCore

// A reader that goes away must not end a run; what a case starts may write to a closed pipe.
signal(SIGPIPE, SIG_IGN)
guard let options = RunOptions(Array(CommandLine.arguments.dropFirst())) else {
  reportMessage("fuzz-runner: \(RunOptions.usage)")
  exit(2)
}
if let folder = options.seedFolder { Finding.writeSeeds(of: options.kinds, to: folder) }
if let number = options.only {
  exit(showCase(number, options))
} else if options.worker {
  exit(Worker(options).run())
} else {
  exit(Supervisor(options).run())
}

/// A line that is seen also where the process dies of the next case.
func reportMessage(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  write(STDOUT_FILENO, bytes, bytes.count)
}

/// Runs one case in this process, so that a debugger can look on, and leaves its input in a file.
private func showCase(_ number: Int, _ options: RunOptions) -> Int32 {
  let trial = FuzzCase(number: number, seed: options.seed, kinds: options.kinds)
  reportMessage("case \(number), seed \(options.seed), kind \(trial.kind.name): \(trial.input.count) bytes")
  reportMessage("input: \(Finding.save(trial, seed: options.seed, in: options.findings))")
  let outcome = trial.run()
  reportMessage("\(outcome)")
  if case .failed = outcome { return 1 }
  return 0
}
