import Glibc
import LMCore

extension FuzzKind {
  /// The answers of the servers that run a model: a head that is read is a distribution.
  static let llamaServer = serverAnswer(
    "llama-server", LlamaServerDialect(vocabularySize: 300, harmlessID: 97),
    seeds: [
      #"{"model":"m","index":0,"completion_probabilities":[{"id":28,"token":",","bytes":[44],"prob":0.5,"top_probs":[{"id":28,"token":",","bytes":[44],"prob":0.5},{"id":281,"token":" in","bytes":[32,105,110],"prob":0.25}]}]}"#,
      #"{"completion_probabilities":[{"id":28,"top_logprobs":[{"id":28,"token":",","bytes":[44],"logprob":-0.06621789187192917},{"id":281,"token":"","bytes":[],"logprob":-4.1866536140441895}]}],"model":"m"}"#,
      #"{"model":"m","index":0}"#,
    ])

  static let vLLM = serverAnswer(
    "vllm", VLLMDialect(model: "m", vocabularySize: 300, mostRanks: 20),
    seeds: [
      #"{"model":"m","choices":[{"index":0,"text":",","logprobs":{"top_logprobs":[{"token_id:11":-0.94,"token_id:219":-1.7,"token_id:258":-2.25}]}}]}"#
    ])

  static let sgLang = serverAnswer(
    "sglang", SGLangDialect(vocabularySize: 300),
    seeds: [#"{"text":",","meta_info":{"output_top_logprobs":[[[-0.5,11,","],[-1.5,219,null]]]}}"#])

  static let openAI = serverAnswer(
    "openai",
    OpenAIDialect(
      model: "m", names: OpenAIDialect.TokenNames(ByteTable()), vocabularySize: 128, mostRanks: 5,
      takesIDs: true),
    seeds: [
      #"{"model":"m","choices":[{"index":0,"logprobs":{"top_logprobs":[{"a":-0.5,"b":-1.5,"c":-4}]}}],"usage":{"prompt_tokens":2}}"#
    ])

  /// The body of an error.
  static let serverMessage = FuzzKind(
    "server-message", .json,
    seeds: [
      #"{"error":{"code":400,"message":"request (3000 tokens) exceeds the available context size","type":"x"}}"#,
      #"{"detail":[{"msg":"Field required"}]}"#, #"{"error":"a secret text"}"#,
      #"{"message":"flat","code":1}"#,
    ].map(SeedFiles.bytes)
  ) { input, _ in
    guard let message = ServerMessage.read(input, hiding: "secret") else { return }
    try require(!message.contains("secret"), "a key is shown")
    try require(message.count <= 201, "a message of \(message.count) characters")
    let sentence = "the server says " + message
    if let complaint = ErrorJudge.complaint(aboutSentence: sentence) { throw WrongResult(complaint) }
    _ = VLLMDialect.mostRanks(inRefusal: message)
  }

  private static func serverAnswer(_ name: String, _ dialect: any ServerDialect, seeds: [String]) -> FuzzKind
  {
    FuzzKind("answer-\(name)", .json, seeds: seeds.map(SeedFiles.bytes)) { input, random in
      _ = dialect.modelName(in: input)
      let ranks = random.isOneIn(2) ? 2 : 20
      for head in try dialect.heads(in: input, of: 1, ranks: ranks) {
        guard let head else { continue }
        try require((1...ranks).contains(head.ids.count), "\(head.ids.count) ranks")
        try require(Set(head.ids).count == head.ids.count, "an id twice")
        try require(
          head.ids.allSatisfy { (0..<Int32(dialect.vocabularySize)).contains($0) }, "an id that is none")
        let numbers = head.logProbabilities
        try require(zip(numbers, numbers.dropFirst()).allSatisfy { $0 >= $1 }, "ranks in no order")
        try require(numbers.allSatisfy { $0 <= 0 }, "a probability above 1")
        let mass = numbers.reduce(0) { $0 + exp($1) }
        try require(
          head.restMass.lowerBound >= 0 && head.restMass.upperBound <= 1, "a rest of \(head.restMass)")
        try require(mass + head.restMass.lowerBound < 1.0011, "probabilities of \(mass)")
        for index in head.pieces.ids.indices {
          try require(!head.pieces[index].isEmpty, "a token without bytes")
        }
      }
    }
  }

  private struct ByteTable: TokenTable {
    var vocabularySize: Int { 128 }
    func bytes(of id: Int) -> [UInt8]? { [UInt8(id)] }
    func name(of id: Int) -> String? { nil }
  }
}
