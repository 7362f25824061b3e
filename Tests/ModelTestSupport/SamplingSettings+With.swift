import LMCore

extension SamplingSettings {
  /// The default settings with a change.
  public static func with(_ change: (inout SamplingSettings) -> Void) -> SamplingSettings {
    with(SamplingSettings(), change)
  }

  /// These settings with a change.
  public static func with(
    _ settings: SamplingSettings, _ change: (inout SamplingSettings) -> Void
  ) -> SamplingSettings {
    var settings = settings
    change(&settings)
    return settings
  }
}
