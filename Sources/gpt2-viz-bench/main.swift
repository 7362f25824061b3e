import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())

switch arguments.first {
case "step": StepBenchmark.run(Array(arguments.dropFirst()))
default:
  let usage = "usage: gpt2-viz-bench step [REPEATS]\n"
  _ = write(STDERR_FILENO, usage, usage.utf8.count)
  exit(2)
}
