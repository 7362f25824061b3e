import LMCore

/// What `download` says.
struct MessageOptions: OptionValues {
  /// `--quiet`
  var isQuiet = false
}

struct DownloadOptions: CommandOptions {
  let words: [String]
  let messages: MessageOptions

  init(_ call: CommandCall) { (words, messages) = (call.words, call[MessageOptions.self]) }
}

extension Command {
  static let download = Command(
    CommandDescription(
      "download", "fetch a model from the Hugging Face hub",
      synopsis: ["download NAME[@REVISION][:WEIGHTS] [options]"],
      details: """
        NAME is gpt2, distilgpt2 or the organisation/name of a model of these families: GPT-2,
        Llama, Mistral, Qwen 2 and 3, Gemma 3, GPT-NeoX. REVISION is a branch, a tag or a commit; WEIGHTS a quantization such as Q4_K_M, or
        the name of a GGUF file: of all files that one alone is fetched. Without WEIGHTS the model's safetensors
        are. Writes the model's folder or file; -m with the same words then finds it. transformers and llama.cpp
        use the same cache (HF_HOME, HF_HUB_CACHE). What was interrupted goes on where it stopped. HF_TOKEN
        opens private models, HF_ENDPOINT names a mirror, https_proxy a proxy.
        """,
      groups: [
        OptionGroup(
          title: "Messages",
          options: [Option(flag: "quiet", letter: "q", "no progress, errors only", \MessageOptions.isQuiet)])
      ],
      examples: [
        "gpt2-viz download distilgpt2", "gpt2-viz download HuggingFaceTB/SmolLM2-135M-Instruct",
        "gpt2-viz download bartowski/SmolLM2-135M-Instruct-GGUF:Q8_0",
      ],
      words: .words(["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", "distilgpt2"])
    )
  ) { (options: DownloadOptions, surroundings) in
    guard let name = options.words.first, !name.isEmpty else {
      throw UsageError("download takes the name of a model, such as gpt2", command: "download")
    }
    let reference = ModelReference(name)
    guard reference.revision != "" else {
      throw UsageError("a revision is missing behind the @ of '\(name)'", command: "download")
    }
    guard reference.weights != "" else {
      throw UsageError(
        "a quantization, or a GGUF file, is missing behind the : of '\(name)'", command: "download")
    }
    let result = try fetch(reference, isQuiet: options.messages.isQuiet, surroundings)
    if !result.hasVocabulary {
      reportMessage("gpt2-viz: \(result.model) has no vocabulary: it takes --ids in a text's place")
    }
    try surroundings.output.writeLine(result.path)
  }
}

private func fetch(
  _ reference: ModelReference, isQuiet: Bool, _ surroundings: Surroundings
) throws -> HubDownloader.Result {
  var display = DownloadDisplay(
    columns: surroundings.errorColumns, picture: BarPicture(drawsBlocks: surroundings.localeIsUTF8))
  let cancellation = Cancellation()
  let interruption = Interruption(of: cancellation)
  do throws(HubError) {
    let result = try HubDownloader(environment: surroundings.environment).download(
      reference.id, revision: reference.revision ?? "main", weights: reference.weights,
      cancellation: cancellation
    ) { event in
      if !isQuiet { reportPart(display.text(for: event, at: MonotonicClock.seconds)) }
    }
    reportPart(display.ending())
    return result
  } catch {
    reportPart(display.ending())
    if error == HubError.cancelled {
      reportMessage("gpt2-viz: \(error)")
      interruption.endProgram()
    }
    throw error
  }
}
