extension SamplerStage {
  /// As `next`, `filter` and traces give it: name, `kept`, `mass` of the model's own distribution, `entropy_bits`; and what
  /// it did, where it did anything: `removed` (and `removed_bounds`, where that is not certain), `lowered`, `raised`, `lowest`, `temperature`, `chance`, `memory`, `example`; where
  /// what it left is not certain, `most`.
  public var json: JSON {
    var members: [JSON.Member] = [
      .init("name", JSON(name.rawValue)), .init("kept", JSON(kept)), .init("mass", JSON(mass)),
      .init("entropy_bits", JSON(entropyBits)),
    ]
    for (name, count) in [("removed", removed), ("lowered", lowered), ("raised", raised)] where count > 0 {
      members.append(.init(name, JSON(count)))
    }
    if removedBounds.count > 1 { members.append(.init("removed_bounds", JSON(removedBounds))) }
    if let lowest { members.append(.init("lowest", JSON(lowest))) }
    if let temperature { members.append(.init("temperature", JSON(temperature))) }
    if let chance { members.append(.init("chance", JSON(chance))) }
    if let memory { members.append(.init("memory", memory.json)) }
    if let example {
      members.append(
        .init(
          "example",
          ["id": JSON(example.id), "before": JSON(example.before), "after": JSON(example.after)]))
    }
    if let most {
      members.append(
        .init(
          "most",
          ["kept": JSON(most.kept), "mass": JSON(most.mass), "entropy_bits": JSON(most.entropyBits)]))
    }
    return .object(members)
  }
}

extension StepMemory {
  /// One number, or a list of two.
  public var json: JSON { second.map { [JSON(first), JSON($0)] } ?? JSON(first) }

  /// nil for anything but one finite number, or a list of two.
  public init?(_ json: JSON) {
    let values = (json.array ?? [json]).map(\.double)
    guard (1...2).contains(values.count), let first = values[0], first.isFinite else { return nil }
    guard values.count == 2 else {
      self.init(first)
      return
    }
    guard let second = values[1], second.isFinite else { return nil }
    self.init(first, second)
  }
}

extension JSON {
  /// The memories of steps as an object: `{"mirostat":9.7}`.
  public init(_ memories: [StepName: StepMemory]) {
    self = .object(
      StepName.allCases.compactMap { name in memories[name].map { .init(name.rawValue, $0.json) } })
  }
}
