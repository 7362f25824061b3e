import LMCore

/// The whole screen: state in, frame out.
struct RootView {
  let state: AppState
  let appearance: Appearance

  func frame() -> ScreenBuffer {
    var buffer = ScreenBuffer(size: state.size)
    let layout = state.layout
    guard layout.fits else {
      TooSmallNotice(minimum: MainLayout.minimum).draw(into: &buffer, in: buffer.bounds, with: appearance)
      return buffer
    }
    titleBar.draw(into: &buffer, in: layout.title, with: appearance)
    switch state.phase {
    case .loading(let share): drawLoading(share, into: &buffer)
    case .ready:
      // Side by side, the focused lane last: its frame stays whole where it meets the other's. Stacked, the lower
      // last: its title stands on the line they share.
      let order = layout.isStacked ? [0, 1] : [1 - state.focus, state.focus]
      for lane in state.isComparing ? order : [0] {
        LaneView(state: state, index: lane, appearance: appearance)
          .draw(into: &buffer, layout: layout.lanes[lane])
      }
    }
    state.lessonBar?.draw(into: &buffer, in: layout.caption, with: appearance)
    drawFooter(into: &buffer, in: layout.footer)
    drawOverlay(into: &buffer, layout: layout)
    return buffer
  }

  // MARK: Title

  private var titleBar: StatusBar {
    var segments = [StatusSegment("gpt2-viz", role: .title, priority: 10, side: .left)]
    if let card = state.card {
      let size = NumberFormat.abbreviated(card.parameterCount)
      segments += [
        StatusSegment(card.name, role: .title, priority: 8, side: .left),
        StatusSegment("\(size) \(card.dtype)", role: .status, priority: 3, side: .left),
      ]
    }
    if let lane = state.focusedLane, let card = state.card {
      let used = lane.promptIDs.count + lane.depth
      segments += [
        StatusSegment("step \(lane.depth)", role: .status, priority: 9, side: .left),
        StatusSegment(
          "ctx \(used)/\(card.contextLength)", role: .status, priority: 5, side: .left),
        StatusSegment("seed \(lane.draw.seed)", role: .status, priority: 6, side: .left),
      ]
      if let place = FollowedTextView(lane: lane, state: state).place {
        segments.append(StatusSegment(place, role: .status, priority: 7, side: .left))
      }
      if state.isPlaying {
        let speed = NumberFormat.fixed(state.speed, decimals: state.speed < 1 ? 2 : 0)
        segments.append(StatusSegment("▶ \(speed)/s", role: .good, priority: 7, side: .left))
      }
      // Beside each other the lanes say it themselves.
      let chain =
        state.isComparing ? "compare" : ChainDescription(state.settings[state.focus]).text
      segments.append(StatusSegment(chain, role: .title, priority: 9, side: .right))
    }
    return StatusBar(segments: segments)
  }

  private func drawLoading(_ share: Double, into buffer: inout ScreenBuffer) {
    let middle = Rect(x: 4, y: buffer.size.rows / 2, width: buffer.size.columns - 8, height: 1)
    ProgressLine(
      label: "loading \(state.modelName)", fraction: share, detail: "keys pressed now are kept"
    ).draw(into: &buffer, in: middle, with: appearance)
  }

  // MARK: Last line

  private func drawFooter(into buffer: inout ScreenBuffer, in area: Rect) {
    if let message = state.message {
      MessageBar(kind: .warning, text: message).draw(into: &buffer, in: area, with: appearance)
      return
    }
    let hints = KeyMap.bindings.compactMap { binding in
      binding.hint.map { hint in
        // The way out and the way to all other keys stay on the narrowest screen.
        let stays = binding.action == .help || binding.action == .quit
        return KeyHint(keys: String(binding.shown.prefix { $0 != " " }), what: hint, priority: stays ? 1 : 0)
      }
    }
    KeyHintBar(hints: hints).draw(into: &buffer, in: area, with: appearance)
  }

  private func drawOverlay(into buffer: inout ScreenBuffer, layout: MainLayout) {
    switch state.overlay {
    case .help(let scroll):
      HelpView.overlay(scroll: scroll).draw(
        into: &buffer, in: HelpView.area(in: state.size), with: appearance)
    case .prompt(let field):
      InputLine(label: "prompt: ", field: field).draw(into: &buffer, in: layout.footer, with: appearance)
    case .seed(let field):
      InputLine(label: "seed: ", field: field).draw(into: &buffer, in: layout.footer, with: appearance)
    case .humanText(let field):
      InputLine(label: "author's text: ", field: field, placeholder: "type or paste it").draw(
        into: &buffer, in: layout.footer, with: appearance)
    case nil: break
    }
  }
}
