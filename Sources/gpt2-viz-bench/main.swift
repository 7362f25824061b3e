import Glibc
import LMCore

// Timings of single parts, for whoever changes them.
// As the program itself.
ProcessMemory.keepFreed()
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "step":
  if !StepBenchmark.run(Array(arguments.dropFirst())) { endWithUsage() }
case "engine", "quality":
  do {
    let run = arguments[0] == "engine" ? EngineBenchmark.run : EngineBenchmark.compare
    try run(Array(arguments.dropFirst()))
  } catch {
    let message = "\(error)\n"
    _ = write(STDERR_FILENO, message, message.utf8.count)
    exit(1)
  }
case "measures": MeasuresBenchmark.run()
case "tokenizer": exit(benchmarkTokenizer(Array(arguments.dropFirst())))
default: endWithUsage()
}

func endWithUsage() -> Never {
  let usage =
    "usage: gpt2-viz-bench step [REPEATS] [--vocabulary N] | engine MODEL [THREADS] | tokenizer VOCABULARY_DIR TEXT_FILE | measures\n"
  _ = write(STDERR_FILENO, usage, usage.utf8.count)
  exit(2)
}
