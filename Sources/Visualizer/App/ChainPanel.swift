import LMCore

/// The state of the chain panel, which stands below the lanes while it is open.
struct ChainPanel: Equatable, Sendable {
  /// The setting of the chosen row, by its name.
  var chosen: String
  /// A value that is being typed.
  var typed: TextInput?
  /// The settings in which a step was on last, to switch it on again with its values.
  var switchedOff: [StepName: SamplingSettings] = [:]
  /// The lanes whose settings were changed in this panel.
  var changedLanes: Set<Int> = []

  init(chosen: String) { self.chosen = chosen }

  /// The number of lines inside the panel's frame, for a window of so many rows.
  static func lines(rows: Int) -> Int { rows < 28 ? max(rows / 4, 5) : min(rows / 4 + 1, 18) }
}

/// A row of the chain panel: a step with the first of its settings, or another setting of a step that is on.
struct ChainRow: Sendable {
  enum State: Sendable {
    case on, off
    /// Switched on, and without a part in the chain: as filters are in greedy decoding, and what the order leaves out.
    case passedOver
  }

  let step: StepName
  let knob: KnobDescription
  let state: State

  /// True for the row that tells what the step did.
  var isStep: Bool { knob.name == step.knobs.first?.name }

  /// The steps that are on, in the order in which they run, then those that are off, as they are listed. The chosen step shows all of its
  /// settings, another one those that are not at their default. Only of a server there is `known`, which no order has: the last of
  /// either.
  static func all(of settings: SamplingSettings, chosen: String, isServed: Bool) -> [ChainRow] {
    let ignored = (try? SamplerChain(settings))?.ignored ?? []
    let leftOut = StepName.allCases.filter { !settings.order.steps.contains($0) && $0.isOn(settings) }
    let on =
      settings.order.steps.filter { $0.isOn(settings) } + leftOut + (settings.knownOnly ? [.known] : [])
    let off = (StepName.allCases + (isServed ? [.known] : [])).filter { !on.contains($0) }
    return on.flatMap { step in
      let isChosen = step.knobs.contains { $0.name == chosen }
      return step.knobs.filter { knob in
        isChosen || knob.name == step.knobs.first?.name || !knob.isOff(in: settings)
      }
      .map { ChainRow(step: step, knob: $0, state: (ignored + leftOut).contains(step) ? .passedOver : .on) }
    }
      + off.compactMap { step in
        step.knobs.first.map { ChainRow(step: step, knob: $0, state: .off) }
      }
  }
}
