import LMCore

extension Command {
  static let models = Command(
    "models", "the models that are here", synopsis: ["models [FOLDER...] [options]"],
    details: """
      The built-in model, the one that -m or GPT2_VIZ_MODEL names, and each FOLDER that holds a
      GPT-2 checkpoint or has folders in it that do.
      """,
    groups: [
      OptionGroup(title: "Model", options: OptionGroup.model.options.filter { $0.name == "model" }),
      .output([.table, .json]),
    ],
    examples: ["gpt2-viz models", "gpt2-viz models ~/models --format json"], wordLimit: nil
  ) { options, surroundings in
    try surroundings.output.writeLine("")
  }
}
