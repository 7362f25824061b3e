extension SamplingSettings {
  /// The knobs under the names of the chain's steps. An infinite temperature is null, as JSON has no other word.
  public var json: JSON {
    [
      "temperature": JSON(temperature), "top_k": JSON(topK), "top_p": JSON(topP), "min_p": JSON(minP),
      "typical_p": JSON(typicalP), "epsilon": JSON(epsilon), "eta": JSON(eta),
      "repetition_penalty": JSON(repetitionPenalty), "no_repeat_ngram": JSON(noRepeatNgram),
      "order": JSON(order.rawValue),
    ]
  }
}
