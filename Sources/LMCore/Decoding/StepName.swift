/// The name of a step of the sampler chain. Each step's file declares its own.
public struct StepName: Hashable, Sendable {
  /// As `transformers` names the setting: `top_p`. Traces, JSON and orders use it.
  public let rawValue: String
  /// The name in running text and on screen: `top-p`.
  public let title: String

  init(_ rawValue: String, title: String) { (self.rawValue, self.title) = (rawValue, title) }
}

extension StepName: RawRepresentable, CaseIterable {
  /// nil for a name that no step has.
  public init?(rawValue: String) {
    guard let name = (Self.allCases + [.known]).first(where: { $0.rawValue == rawValue }) else { return nil }
    self = name
  }

  /// The steps in the order in which settings are listed.
  public static let allCases: [StepName] = SamplerChain.allSteps.map { $0.name }
}
