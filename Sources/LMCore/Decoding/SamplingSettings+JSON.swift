extension SamplingSettings {
  /// The knobs under their names, and the order. An infinite temperature is null, as JSON has no other word.
  public var json: JSON {
    .object(
      KnobDescription.all.map { JSON.Member($0.name, $0.json(in: self)) }
        + [
          JSON.Member("dry_sequence_breakers", .array(drySequenceBreakers.map { JSON($0) })),
          JSON.Member("order", JSON(order.name)),
        ] + (knownOnly ? [JSON.Member("known_only", true)] : [])
        + (seedLike == .own ? [] : [JSON.Member("seed_like", JSON(seedLike.rawValue))]))
  }
}
