import LMCore

/// Inputs for the whole program: from its command line to its exit code.
extension FuzzKind {
  static let programConfig = FuzzKind(
    "program-config",
    .lines(words: [
      "model = ~/models/gpt2", "preset = nucleus", "ascii = true", "top-k = 40", "top-p = 1e999", "= x", "a",
      "#",
      "seed = 99999999999999999999", "threads = 0", "temperature = nan", "\u{FEFF}ascii = true",
      "ascii = maybe",
    ]),
    seeds: [
      SeedFiles.bytes(
        "# mine\nmodel = ~/models/gpt2\npreset = nucleus\nascii = true\ntop-k = 40 # few\nseed = 7\n")
    ],
    isSlow: true
  ) { input, _ in
    let file = try ScratchFolder.write("config", input)
    let output = try ProgramCall.run(["config", "--format", "json"], environment: ["GPT2_VIZ_CONFIG": file])
    _ = try JSON(parsing: output)
  }

  static let programLesson = FuzzKind("program-lesson", lesson.form, seeds: lesson.seeds, isSlow: true) {
    input, _ in
    try ProgramCall.run(["lesson", ScratchFolder.write("a.lesson", input), "--print"])
  }

  static let programFilter = FuzzKind(
    "program-filter", .json,
    seeds: [
      SeedFiles.bytes(#"{"logits":[3,2.5,1,null,-4e2],"ids":[1,2,1,2]}"#),
      SeedFiles.bytes(#"{"logits":[NaN,-Infinity]}"#),
      SeedFiles.bytes(
        #"{"logits":[3,2,1],"ids":[1,2,1],"prompt_count":2,"u":0.4,"chance":{"xtc":0.2},"memory":{"xtc":3,"mirostat":9.5,"adaptive_p":[2,5]},"breakers":[[1],[2,0]]}"#
      ),
    ],
    isSlow: true
  ) { input, random in
    let options = random.pick([
      ["-p", "0.8"], ["-k", "2", "--repetition-penalty", "1e30"], ["--no-repeat-ngram", "2"],
      ["--xtc-probability", "0.5", "--seed-like", "llama.cpp"], ["--mirostat", "1"], ["--mirostat", "2"],
      ["--adaptive-target", "0.4"],
      ["--dry-multiplier", "0.8", "--frequency-penalty", "0.5", "--order", "vllm"],
    ])
    let answer = try JSON(parsing: ProgramCall.run(["filter", "-"] + options, input: input))
    try require(answer["probs"]?.array != nil, "an answer without probabilities")
  }

  static let programPrompt = FuzzKind("program-prompt", .bytes, seeds: prompt.seeds, isSlow: true) {
    input, random in
    let command = random.pick([
      ["tokenize", "-", "--format", "json"], ["next", "-", "--top", "2", "--format", "json"],
      ["score", "-", "--format", "json"], ["generate", "-", "-n", "2", "--format", "json"],
    ])
    _ = try JSON(parsing: ProgramCall.run(command, input: input))
  }

  static let programModel = FuzzKind(
    "program-model", .json, seeds: configuration.seeds, isSlow: true
  ) { input, random in
    let folder = try ModelFolder.write("plain", with: input, as: "config.json")
    let command = random.pick([
      ["next", "--ids", "1 2", "--format", "json"],
      ["generate", "--ids", "", "-n", "3", "--format", "jsonl"],
      ["models", folder], ["logits", "--ids", "1"],
    ])
    try ProgramCall.run(command + (command[0] == "models" ? [] : ["-m", folder]))
  }

  /// Keys, and anything else, on the standard input of the visualizer in lines of text.
  static let programKeys = FuzzKind(
    "program-keys",
    .lines(words: [
      "l", "h", "g", "<Right>", "<Enter>", "<Esc>", "<F1>", "S", "99999999999999999999", "e", "/", "c", "b",
      "<", "<>", "a",
      "<Nothing>", "llllhhhh", "v", "?", "\u{1B}[A", "[[[", "TTTT", "pppp", "k", "j", "N", "o", "r", "x", "m",
      "d", "f", "y", "C", "J", "K", "z", "0.5",
    ]),
    seeds: [SeedFiles.bytes("lll\n<Home>S\n7\nl\nc\nf\nb\n<Esc>\ne\nA fox\nl\n/\nfox\nN\nq\n")], isSlow: true
  ) { input, _ in
    // Each key may be a step of the model: a quarter of a million of them would be no hang, but take as long.
    try ProgramCall.run(
      ["--plain", "Once upon a time", "-k", "12", "--seed", "42"], input: Array(input.prefix(2000)))
  }
}
