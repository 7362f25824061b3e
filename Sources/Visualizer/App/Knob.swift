import LMCore

/// The values that one key press moves a knob between.
enum Knob {
  /// The next lower or higher temperature: tenths up to 2, then coarser, at last infinity (uniform).
  static func temperature(_ value: Double, up: Bool) -> Double {
    next(value, up: up, in: (0...20).map { Double($0) / 10 } + [2.5, 3, 4, 5, 10, .infinity])
  }

  static func topP(_ value: Double, up: Bool) -> Double {
    let ladder = (0...18).map { Double($0 * 5) / 100 } + [0.92, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1]
    return next(value, up: up, in: ladder)
  }

  /// Above the largest k below the vocabulary's size comes off (0).
  static func topK(_ value: Int, up: Bool, vocabularySize: Int) -> Int {
    let ladder =
      [1, 2, 3, 4, 5, 8, 10, 15, 20, 30, 40, 50, 80, 100, 160, 320, 640, 1000, 2000, 5000, 10000, 20000]
      .filter { $0 < vocabularySize } + [vocabularySize]
    let moved = next(value == 0 ? vocabularySize : value, up: up, in: ladder)
    return moved >= vocabularySize ? 0 : moved
  }

  private static func next<Value: Comparable>(_ value: Value, up: Bool, in ladder: [Value]) -> Value {
    (up ? ladder.first { $0 > value } : ladder.last { $0 < value }) ?? value
  }
}
