/// Turning a setting by keys.
extension KnobDescription {
  /// Moves the value to the next one of those that a key press moves between; a word to the next word.
  ///
  /// - Parameter limit: a count from here on stands for no limit, as that of the tokens of a vocabulary.
  public func turn(_ settings: inout SamplingSettings, up: Bool, limit: Int = .max) {
    let ladder = !words.isEmpty ? words.indices.map(Double.init) : values
    guard let last = ladder.last else { return }
    // The last value is the end of the scale, also where a count of 0 stands there.
    func place(_ value: Double) -> Double { value == last ? .infinity : value }
    let places = ladder.map(place).filter { $0 == .infinity || $0 < Double(limit) }
    let now = place(value(in: settings))
    guard let next = up ? places.first(where: { $0 > now }) : places.last(where: { $0 < now }) else { return }
    assign(next == .infinity ? last : next, in: &settings)
  }

  /// Sets the usual value.
  func setUsual(in settings: inout SamplingSettings) { assign(usual, in: &settings) }

  func setOff(in settings: inout SamplingSettings) { assign(off, in: &settings) }

  private func assign(_ value: Double, in settings: inout SamplingSettings) {
    switch property {
    case .number(let path): settings[keyPath: path] = value
    case .count(let path): settings[keyPath: path] = Int(value)
    case .word(let property): _ = property.set(property.words[Int(value)], &settings)
    }
  }
}

extension StepName {
  /// Whether the step can go on from these numbers: a finite one for each that it keeps, within its range.
  public func accepts(_ memory: StepMemory) -> Bool { type?.accepts(memory) ?? false }

  /// The paper or the program that the step comes from: `arXiv 1904.09751`.
  public var source: String { type?.source ?? "" }

  /// Switches the step off: each of its switches.
  public func switchOff(_ settings: inout SamplingSettings) {
    for knob in knobs where knob.isSwitch { knob.setOff(in: &settings) }
  }

  /// Switches the step on, with the values that it had in `earlier`; where it was off there, with the usual one.
  /// A step that the order left out becomes its last; `known` stands in no order.
  public func switchOn(_ settings: inout SamplingSettings, as earlier: SamplingSettings? = nil) {
    if self != .known, !settings.order.steps.contains(self) {
      settings.order = ChainOrder(settings.order.steps + [self])
    }
    if let earlier, isOn(earlier) {
      for knob in knobs { _ = knob.set(knob.text(in: earlier), in: &settings) }
      return
    }
    // Its other settings may keep it off, as an empty window does.
    for knob in knobs where !knob.isSwitch { knob.setOff(in: &settings) }
    knobs.first?.setUsual(in: &settings)
  }
}

extension SamplingSettings {
  /// The settings with a step moved among those that are on, one place earlier or later; the same where it is the first
  /// or the last of them.
  public func moving(_ step: StepName, later: Bool) -> SamplingSettings {
    let on = order.steps.filter { $0.isOn(self) }
    guard let place = on.firstIndex(of: step), on.indices.contains(place + (later ? 1 : -1)),
      let target = order.steps.firstIndex(of: on[place + (later ? 1 : -1)])
    else { return self }
    var steps = order.steps.filter { $0 != step }
    // Behind a neighbour that followed it, since that one moved up by a place; before one that preceded it.
    steps.insert(step, at: target)
    var moved = self
    moved.order = ChainOrder(steps)
    return moved
  }
}
