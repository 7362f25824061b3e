import LMCore
import Presentation

/// The whole screen: a picture of a state.
struct RootView {
  let state: AppState
  let appearance: Appearance

  func picture() -> Picture {
    let layout = state.layout
    var picture = Picture(
      buffer: ScreenBuffer(size: state.size),
      metrics: ScreenMetrics(size: state.size, tableRows: state.tableRows))
    draw(layout, into: &picture)
    return picture
  }

  /// Draws a state, and stores the picture's measures in it.
  static func present(_ state: inout AppState) -> Picture {
    let picture = RootView(state: state, appearance: state.appearance).picture()
    guard state.take(picture.metrics) else { return picture }
    return RootView(state: state, appearance: state.appearance).picture()
  }

  private func draw(_ layout: MainLayout, into picture: inout Picture) {
    guard layout.fits else {
      TooSmallNotice(minimum: MainLayout.minimum).draw(
        into: &picture.buffer, in: picture.buffer.bounds, with: appearance)
      return
    }
    TitleView(state: state, glyphs: appearance.glyphs).bar.draw(
      into: &picture.buffer, in: layout.title, with: appearance)
    switch state.phase {
    case .loading(let share): drawLoading(share, into: &picture.buffer)
    case .ready:
      if case .history(let window) = state.overlay {
        let area = Rect(
          x: 0, y: layout.caption.maxY, width: state.size.columns,
          height: layout.footer.y - layout.caption.maxY)
        picture.hits = HistoryView(state: state, window: window, appearance: appearance)
          .draw(into: &picture.buffer, in: area)
      } else if let window = state.beamWindow, let beams = state.beams {
        let area = Rect(
          x: 0, y: layout.caption.maxY, width: state.size.columns,
          height: layout.footer.y - layout.caption.maxY)
        BeamView(state: state, beams: beams, window: window, appearance: appearance)
          .draw(into: &picture.buffer, in: area)
      } else if let window = state.contrastiveWindow, let contrastive = state.contrastive {
        let area = Rect(
          x: 0, y: layout.caption.maxY, width: state.size.columns,
          height: layout.footer.y - layout.caption.maxY)
        ContrastiveView(state: state, search: contrastive, window: window, appearance: appearance)
          .draw(into: &picture.buffer, in: area)
      } else {
        drawLanes(layout, into: &picture)
      }
    }
    state.lessonBar?.draw(into: &picture.buffer, in: layout.caption, with: appearance)
    // A lesson explains settings itself, and the box would cover the panels that it refers to.
    if let explained = state.explained, state.lesson == nil, state.chain == nil {
      let above = Rect(x: 0, y: 0, width: state.size.columns, height: layout.footer.y)
      KnobExplanationView(explanation: explained, appearance: appearance)
        .draw(into: &picture.buffer, in: above)
    }
    if !hasInputLine {
      drawFooter(into: &picture.buffer, in: layout.footer)
    } else if let message = state.message {
      let above = Rect(x: 0, y: 0, width: state.size.columns, height: layout.footer.y)
      picture.buffer.fill(
        Rect(x: 0, y: layout.footer.y - 1, width: state.size.columns, height: 1),
        style: appearance.theme[.overlay])
      MessageBar(kind: .warning, text: message).draw(into: &picture.buffer, in: above, with: appearance)
    }
    if case .help(let scroll) = state.overlay {
      let help =
        state.windowHelp.map { HelpView.overlay($0, scroll: scroll, glyphs: appearance.glyphs) }
        ?? HelpView.overlay(
          KeyMap.offered(to: state.abilities), scroll: scroll, glyphs: appearance.glyphs)
      let area = HelpView.area(in: state.size)
      help.draw(into: &picture.buffer, in: area, with: appearance)
      picture.metrics.lastHelpLine = help.maximumScroll(in: area)
    } else if case .legend(let number) = state.overlay {
      drawLegend(number, layout, into: &picture)
    } else {
      drawOverlay(into: &picture.buffer, layout: layout)
    }
  }

  private func drawLanes(_ layout: MainLayout, into picture: inout Picture) {
    // Side by side, the focused lane is drawn last, so that its frame is complete on the shared edge. Stacked, the lower
    // one is last, since its title is on the shared edge.
    let order =
      state.isComparing ? layout.isStacked ? [0, 1] : [1 - state.focus, state.focus] : [0]
    var hits = [[Picture.Hit]](repeating: [], count: order.count)
    for lane in order {
      let view = LaneView(state: state, index: lane, appearance: appearance)
      let drawn = view.draw(into: &picture.buffer, layout: layout.lanes[lane])
      hits[lane] = drawn.hits
      if lane == state.focus {
        picture.metrics.lastTextLine = drawn.lastTextLine
        picture.metrics.textLines = Frame.inner(layout.lanes[lane].text).height
      }
    }
    picture.hits = Array(hits.joined())
    guard let panel = state.chain else { return }
    picture.hits =
      ChainPanelView(state: state, panel: panel, appearance: appearance)
      .draw(into: &picture.buffer, in: layout.panel) + picture.hits
  }

  private func drawLegend(_ number: Int, _ layout: MainLayout, into picture: inout Picture) {
    guard state.lanes.indices.contains(state.focus) else { return }
    let legend = LegendView(
      LegendPlaces(picture: picture, state: state, layout: layout, appearance: appearance))
    picture.metrics.legendCount = legend.signs.count
    let area = Rect(x: 0, y: 1, width: state.size.columns, height: layout.footer.y - 1)
    legend.draw(number: number, into: &picture.buffer, in: area)
  }

  private func drawLoading(_ share: Double, into buffer: inout ScreenBuffer) {
    let middle = Rect(x: 4, y: buffer.size.rows / 2, width: buffer.size.columns - 8, height: 1)
    // After the model the prompt is read, whose progress is not known.
    let isLoaded = state.card != nil
    ProgressLine(
      label: state.waitingSentence ?? (isLoaded ? "reading the prompt" : "loading \(state.modelName)"),
      fraction: isLoaded ? nil : share,
      detail: "keys pressed now are kept"
    ).draw(into: &buffer, in: middle, with: appearance)
  }

  // MARK: Last line

  private func drawFooter(into buffer: inout ScreenBuffer, in area: Rect) {
    // A lane that shows it in its table needs it no second time.
    let isShown =
      state.overlay == nil && state.chain == nil && state.lanes.contains { $0.problem == state.message }
    let message = isShown ? nil : state.message
    let bar =
      message.map { MessageBar(kind: .warning, text: $0) }
      ?? (state.waitingSentence ?? state.notice).map { MessageBar(text: $0) }
    if let bar {
      bar.draw(into: &buffer, in: Rect(x: 0, y: 0, width: area.width, height: area.maxY), with: appearance)
      return
    }
    let hints = KeyHints(state: state, glyphs: appearance.glyphs).shown
    // Overlays without hints name their keys on their frames.
    guard !hints.isEmpty else { return }
    var place = area
    if state.overlay == nil, state.chain == nil, let text = state.layout.lanes.first?.text,
      LaneView.needsLegendElsewhere(text)
    {
      let legend = ScaleLegend(state.text.scale)
      legend.draw(
        into: &buffer, in: place.takeRight(legend.width(with: appearance)), with: appearance)
    }
    KeyHintBar(hints: hints).draw(into: &buffer, in: place, with: appearance)
  }

  /// True while the last line is an input line or a question.
  private var hasInputLine: Bool {
    switch state.overlay {
    case .seed, .humanText, .trace, .search, .offer: true
    default: false
    }
  }

  private func drawOverlay(into buffer: inout ScreenBuffer, layout: MainLayout) {
    switch state.overlay {
    case .prompt(let editor):
      PromptEditorView(
        editor: editor, tokens: state.promptTokens(of: editor.field.text), card: state.card,
        appearance: appearance
      ).draw(into: &buffer, in: Rect(x: 0, y: 0, width: state.size.columns, height: layout.footer.y))
    case .seed(let field):
      TextFieldView(label: "seed, a whole number:", field: field).draw(
        into: &buffer, in: layout.footer, with: appearance)
    case .humanText(let field):
      TextFieldView(label: "author's text:", field: field, placeholder: "type or paste it").draw(
        into: &buffer, in: layout.footer, with: appearance)
    case .trace(let field, let isTaken):
      let label = isTaken ? "that file exists; another name:" : "write a trace to:"
      TextFieldView(label: label, field: field).draw(into: &buffer, in: layout.footer, with: appearance)
    case .offer(let offer):
      MessageBar(kind: .warning, text: state.offerSentence(offer)).draw(
        into: &buffer, in: layout.footer, with: appearance)
    case .search(let line):
      SearchLineView(line: line, finding: state.searchFinding)
        .draw(into: &buffer, in: layout.footer, with: appearance)
    case .presets(let chosen):
      PresetsView(
        presets: state.presets, chosen: chosen, current: state.settings[state.focus], card: state.card,
        appearance: appearance
      ).draw(into: &buffer, in: Rect(x: 0, y: 0, width: state.size.columns, height: layout.footer.y))
    case .branches(let browser):
      BranchesView(tree: state.branchTree, browser: browser, card: state.card, appearance: appearance)
        .draw(into: &buffer, in: Rect(x: 0, y: 0, width: state.size.columns, height: layout.footer.y))
    case .kept(let list):
      KeptSessionsView(list: list, appearance: appearance)
        .draw(into: &buffer, in: Rect(x: 0, y: 0, width: state.size.columns, height: layout.footer.y))
    case .help, .legend, .history, .beams, .contrastive, nil: break
    }
  }
}
