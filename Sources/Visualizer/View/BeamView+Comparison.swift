import Glibc
import LMCore
import Presentation

extension BeamComparison {
  /// The chosen text of a search beside its rivals; nil while nothing is compared.
  init?(_ beams: BeamSnapshot, chosen: Hypothesis?, named name: String, glyphs: GlyphSet) {
    guard let rivals = beams.rivals else { return nil }
    self.init(
      beam: name, ids: chosen?.ids ?? [], logProbabilities: chosen?.logProbabilities ?? [],
      others: rivals.map { rival in
        (rival.name(glyphs), rival.steps.map(\.id), rival.steps.map(\.logProbability), rival.problem)
      })
  }
}

extension BeamRival {
  /// `Greedy`, `nucleus: top-p 0.95, seed 42`
  fileprivate func name(_ glyphs: GlyphSet) -> String {
    guard !settings.isGreedy else { return "Greedy" }
    return ChainDescription(settings, glyphs: glyphs).brief + ", seed \(seed)"
  }
}

/// The best beam beside greedy decoding and sampling: three texts with their probabilities and loop meters, and the beams.
extension BeamView {
  func drawComparison(_ rivals: [BeamRival], into buffer: inout ScreenBuffer, in area: Rect) {
    guard let comparison = BeamComparison(beams, chosen: chosen, named: textTitle, glyphs: glyphs) else {
      return
    }
    let places = Self.comparisonPlaces(
      area, texts: comparison.entries.count, beams: search.depth == 0 ? 2 : search.live.count + 2)
    var frames = comparison.entries.indices.map { index in
      (frame(of: index, in: comparison, columns: area.width), places.texts[index])
    }
    frames.append((beamFrame(lines: places.beams.height - 2), places.beams))
    Frame.draw(frames, into: &buffer, with: appearance)
    for (index, entry) in comparison.entries.enumerated() {
      let inner = Frame.inner(places.texts[index]).inset(horizontally: 1)
      let isBeam = index == 0
      let hasEnded = entry.ids.last.map(search.endOfText.contains) ?? false
      draw(entry.ids, goesOn: !hasEnded && (!isBeam || search.stop == nil), into: &buffer, in: inner) {
        exp(entry.logProbabilities[$0])
      }
      guard let problem = entry.problem else { continue }
      buffer.put([Span(problem, .warn)], in: inner.row(inner.height - 1), with: appearance)
    }
    drawBeams(into: &buffer, in: Frame.inner(places.beams).inset(horizontally: 1))
  }

  /// Where the texts and the beams stand; frames share an edge.
  static func comparisonPlaces(_ area: Rect, texts: Int, beams: Int) -> (texts: [Rect], beams: Rect) {
    let inner = max(area.height - texts - 2, 2 * texts + 2)
    // The texts get at least four lines each where there is room, the beams what they fill.
    let wanted = min(beams, max(inner - 4 * texts, inner / 3, 2))
    let each = (inner - wanted) / texts
    var y = area.y
    var places: [Rect] = []
    for _ in 0..<texts {
      places.append(Rect(x: area.x, y: y, width: area.width, height: each + 2))
      y += each + 1
    }
    return (places, Rect(x: area.x, y: y, width: area.width, height: area.maxY - y))
  }

  private func frame(of index: Int, in comparison: BeamComparison, columns: Int) -> Frame {
    let entry = comparison.entries[index]
    let distinctions = comparison.distinctions(of: index)
    let title = entry.name + (distinctions.isEmpty ? "" : ": \(distinctions)")
    let all = [false, true].map { comparison.figures(of: index, isBrief: $0) }
    // At least one cell of the line stays visible between the two.
    func room(beside figures: String) -> Int { columns - 9 - CellWidth.width(of: figures) }
    let figures = CellWidth.width(of: title) <= room(beside: all[0]) ? all[0] : all[1]
    let name = CellWidth.width(of: title) <= room(beside: figures) ? title : entry.name
    return Frame(
      title: TextFit.fit(name, columns: max(room(beside: figures), 8), glyphs: glyphs), rightTitle: figures)
  }
}
