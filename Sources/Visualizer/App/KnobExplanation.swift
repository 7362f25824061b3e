import LMCore
import Presentation

/// What a knob does, in two lines, shown while it is turned.
struct KnobExplanation: Equatable, Sendable {
  /// The knob with its new value: "top-p 0.92".
  let title: String
  let text: String

  /// nil for an action that turns no knob.
  init?(_ action: Action, settings: SamplingSettings) {
    switch action {
    case .greedy: self.init(.greedy)
    case .pureSampling: self.init(.pure)
    case .nucleus: self.init(.nucleus95)
    case .cooler, .hotter: self.init(.temperature, settings)
    case .topKDown, .topKUp: self.init(.topK, settings)
    case .topPDown, .topPUp: self.init(.topP, settings)
    case .chainOrder:
      self.init(
        title: "order of \(settings.order.title)",
        text: """
          transformers and vLLM divide by the temperature first, llama.cpp after the filters; vLLM runs min-p before top-k.
          The order matters to top-p and min-p: what they see is flatter or steeper by then.
          """)
    default: return nil
    }
  }

  private init(title: String, text: String) { (self.title, self.text) = (title, text) }

  private init?(_ step: StepName, _ settings: SamplingSettings) {
    guard let knob = step.knobs.first else { return nil }
    self.init(title: "\(knob.title) \(knob.shownValue(in: settings))", text: knob.explanation)
  }

  private init(_ preset: SamplingPreset) { self.init(title: preset.name, text: preset.explanation) }
}
