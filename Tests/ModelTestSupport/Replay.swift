import LMCore

/// Makes the decisions of `steps` again in a fresh session, then sets the cursor as it stood.
public func replay(
  _ steps: [GenerationStep], thenSettings settings: SamplingSettings, draw: Draw,
  on session: GenerationSession
) throws {
  func set(_ settings: SamplingSettings, _ draw: Draw) throws {
    try session.setSettings(settings)
    while session.draw.redraws < draw.redraws { session.redraw() }
    guard session.draw != draw else { return }
    session.setSeed(draw.seed)
    while session.draw.redraws < draw.redraws { session.redraw() }
  }
  for step in steps {
    try set(step.settings, step.draw)
    if step.isForced { try session.force(step.id, step.contrast) } else { try session.advance() }
  }
  try set(settings, draw)
}
