import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "tokenizer": exit(benchmarkTokenizer(Array(arguments.dropFirst())))
default:
  print("usage: gpt2-viz-bench tokenizer ...")
  exit(2)
}
