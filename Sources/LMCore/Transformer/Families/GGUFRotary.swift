/// Rotary positions as the keys of a GGUF file describe them.
enum GGUFRotary {
  /// The numbers that float32 arithmetic can work with.
  private static let positive = 1e-30...1e30

  /// The rotation of layers without a window.
  ///
  /// - Parameters:
  ///   - isShareAllowed: whether less than the whole of a head may be rotated.
  ///   - divisors: a tensor that divides the frequencies where it is in the file.
  static func read(
    _ keys: GGUFKeys, headWidth: Int, isShareAllowed: Bool, pairing: Rotary.Pairing, divisors: String?
  ) throws(GGUFError) -> Rotary {
    let key = "rope.dimension_count"
    let dimensions = try keys.integer(
      key, or: headWidth, in: isShareAllowed ? 2...max(headWidth, 2) : headWidth...headWidth)
    guard dimensions % 2 == 0 else {
      throw .invalidValue(
        file: keys.file.name, key: keys.name(key), value: "\(dimensions)", wanted: "an even number")
    }
    var rotary = Rotary(
      pairing: pairing, dimensions: dimensions,
      base: Float(try keys.number("rope.freq_base", or: 10_000, in: positive)))
    rotary.scaling = try scaling(keys)
    if let divisors, keys.file.contains(divisors) {
      rotary.divisors = try keys.file.tensor(divisors, shape: [dimensions / 2]).dequantized(rows: 0..<1)
      guard rotary.divisors.allSatisfy({ positive.contains(Double($0)) }) else {
        throw .inconsistent(file: keys.file.name, problem: "\(divisors) has a number that divides nothing")
      }
    }
    return rotary
  }

  /// As llama.cpp: a factor without a kind is a linear one.
  private static func scaling(_ keys: GGUFKeys) throws(GGUFError) -> Rotary.Scaling {
    let kind = try keys.text("rope.scaling.type", or: "linear")
    guard kind != "none" else { return .none }
    guard kind == "linear" else {
      throw .unsupported(file: keys.file.name, key: keys.name("rope.scaling.type"), value: kind)
    }
    // `scale_linear` is the name that older files have. 0 stands for none.
    let key = keys.has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear"
    let factor = try keys.number(key, or: 1, in: 0...positive.upperBound)
    return factor == 0 || factor == 1 ? .none : .linear(factor: Float(factor))
  }
}

extension GGUFArchitecture {
  /// Gemma 3: windows with a rotation of their own, the scale of the embedding, the cap. The scale of attention is no key: it follows the
  /// head's width, except in the model of 62 layers.
  static func refineGemma3(_ blueprint: inout Blueprint, _ keys: GGUFKeys) throws(GGUFError) {
    blueprint.embeddingScale = Float(blueprint.width).squareRoot()
    if blueprint.layerCount == 62 {
      blueprint.attentionScale = 1 / Float(blueprint.width / blueprint.headCount).squareRoot()
    }
    let cap = try keys.number("final_logit_softcapping", or: 0, in: 0...1e30)
    blueprint.logitCap = cap > 0 ? Float(cap) : nil
    let window = try keys.integer("attention.sliding_window", or: 0, in: 0...ModelFamily.most.positions)
    guard window > 0 else { return }
    let base = try keys.number("rope.freq_base_swa", or: 10_000, in: 1e-30...1e30)
    let local = Rotary(
      pairing: .halves, dimensions: blueprint.headWidth, base: Float(base))
    for (layer, isWindowed) in try windowedLayers(keys).enumerated() where isWindowed {
      blueprint.layers[layer] = Blueprint.Layer(window: window, rotary: local)
    }
  }

  /// For each layer whether it has a window: a list, or every n-th has none, or all have one (0). n is 6 where the file is silent.
  private static func windowedLayers(_ keys: GGUFKeys) throws(GGUFError) -> [Bool] {
    let key = "attention.sliding_window_pattern"
    if keys.isList(key) { return try keys.layerFlags(key) }
    let pattern = try keys.integer(key, or: 6, in: 0...ModelFamily.most.layers)
    return (0..<keys.layers).map { pattern == 0 || ($0 + 1) % pattern != 0 }
  }
}
