import LMCore
import Presentation

/// Finds the legend's signs in a drawn picture.
struct LegendPlaces {
  let picture: Picture
  let state: AppState
  let layout: MainLayout
  let appearance: Appearance

  private var buffer: ScreenBuffer { picture.buffer }
  private var glyphs: GlyphSet { appearance.glyphs }
  private var panels: LaneLayout { layout.lanes[state.focus] }

  /// The cells of a sign, the uppermost first; empty where it is not on screen.
  func cells(of sign: LegendSign) -> [Rect] {
    switch sign {
    case .context: words(["ctx "], in: layout.title)
    case .seed: words(["seed "], in: layout.title)
    case .chain: chain
    case .ahead: words(["ahead: "], in: panels.text.row(0))
    case .colors: colors
    case .cursor: all([glyphs.cursor], .cursor, in: Frame.inner(panels.text)).suffix(1)
    case .copies: all(["[", "]"], .loop, in: panels.text)
    case .match: match
    case .forced: tokens { step, lane in lane.steps[step].isForced && step >= lane.followedCount }
    case .divergence: tokens { step, _ in step == state.firstDivergence }
    case .before: words(["before"], in: panels.table.row(0))
    case .scale: styled(.barBefore, in: panels.table.row(0))
    case .rank: ranks
    case .sum: words([glyphs.sum + " "], .dim, in: Frame.inner(panels.table))
    case .curve:
      all(
        [glyphs.curveVertical, glyphs.curveHorizontal, glyphs.curveStart, glyphs.curveEnd], .curve,
        in: Frame.inner(panels.table))
    case .threshold: all([glyphs.thresholdLine], .threshold, in: Frame.inner(panels.table))
    case .cut: targets { $0 == .cut(lane: state.focus) }
    case .mass: cells(of: .cut).flatMap { words(["mass"], in: $0) }
    case .overflow: words([glyphs.times + glyphs.pointerRight], in: Frame.inner(panels.table))
    case .drawn: words([glyphs.pointerLeft], .chosenRow, in: Frame.inner(panels.table))
    case .author: words([glyphs.pointerLeft, glyphs.authorMark], .forced, in: Frame.inner(panels.table))
    case .removed: words([glyphs.removed + " "], .removed, in: Frame.inner(panels.table))
    case .lowered: words([glyphs.arrowDown, glyphs.arrowUp], .removed, in: Frame.inner(panels.table))
    case .rest: words([glyphs.ellipsis + " "], .dim, in: Frame.inner(panels.table))
    case .untold:
      words(["not told", "untold"], in: Frame.inner(panels.table))
        + words(["not told"], in: panels.draw.row(0))
    case .bounds:
      [Frame.inner(panels.table), panels.draw.row(0)].flatMap {
        words(["% to ", glyphs.atLeast, glyphs.atMost], in: $0)
      }
    case .after: words(["after"], in: panels.table.row(0))
    case .nextToken:
      words([glyphs.arrowRight], in: panels.draw.row(0))
        + (panels.draw.isEmpty ? words([glyphs.arrowRight], in: panels.history.row(0)) : [])
    case .number: number
    case .sections: all([glyphs.intervalStart, glyphs.intervalEnd], .frame, in: Frame.inner(panels.draw))
    case .smallSections:
      state.lanes[state.focus].decision?.u == nil
        ? [] : all([glyphs.cutLine], .dim, in: Frame.inner(panels.draw))
    case .untoldSection:
      state.lanes[state.focus].decision?.distribution.untoldFrom == nil
        ? [] : all([glyphs.untold], .dim, in: Frame.inner(panels.draw))
    case .probability: words(["p(chosen)"], in: panels.history)
    case .entropy: words(["entropy"], in: panels.draw.row(0)) + words(["entropy"], in: panels.history)
    case .kept: words(["kept "], in: panels.history)
    case .surprisal: words(["surprisal"], in: panels.history)
    case .perplexity: words(["perplexity"], in: panels.history)
    case .human: words(["human "], in: panels.history)
    case .loop: words(["loop "], in: panels.history)
    case .repeated: words(["repeated 4-grams", "rep-4"], in: panels.history)
    case .distinct: words(["distinct-2", "dist-2"], in: panels.history)
    }
  }

  // MARK: Searching

  /// The places of some words, in a style.
  private func words(_ words: [String], _ role: ThemeRole? = nil, in area: Rect) -> [Rect] {
    let style = role.map { appearance.theme[$0] }
    return words.flatMap { word -> [Rect] in
      let scalars = Array(word.unicodeScalars)
      return points(in: area).compactMap { point in
        let place = Rect(x: point.x, y: point.y, width: scalars.count, height: 1)
        guard place.maxX <= area.maxX, style == nil || buffer[point].style == style else { return nil }
        return (0..<scalars.count).allSatisfy { buffer[Point(point.x + $0, point.y)].scalar == scalars[$0] }
          ? place : nil
      }
    }
  }

  /// All cells with one of these characters, in a style.
  private func all(_ scalars: [Unicode.Scalar], _ role: ThemeRole, in area: Rect) -> [Rect] {
    styled(role, in: area).filter { scalars.contains(buffer[$0.origin].scalar) }
  }

  private func styled(_ role: ThemeRole, in area: Rect) -> [Rect] {
    let style = appearance.theme[role]
    return points(in: area).filter { buffer[$0].style == style && buffer[$0].scalar != " " }
      .map { Rect(x: $0.x, y: $0.y, width: 1, height: 1) }
  }

  private func points(in area: Rect) -> [Point] {
    (area.y..<area.maxY).flatMap { y in (area.x..<area.maxX).map { Point($0, y) } }
  }

  private func targets(_ isWanted: (ScreenTarget) -> Bool) -> [Rect] {
    picture.hits.filter { isWanted($0.target) }.map(\.area)
  }

  /// The generated tokens on screen for which this holds.
  private func tokens(where isWanted: (_ step: Int, LaneSnapshot) -> Bool) -> [Rect] {
    let lane = state.lanes[state.focus]
    return targets { target in
      guard case .token(let index, state.focus) = target, index >= lane.promptIDs.count else { return false }
      return isWanted(index - lane.promptIDs.count, lane)
    }
  }

  // MARK: Signs of several kinds

  private var match: [Rect] {
    guard let match = state.lanes[state.focus].dryMatch else { return [] }
    let run = match.end - match.length..<match.end
    return targets { target in
      if case .token(let index, state.focus) = target { run.contains(index) } else { false }
    }
  }

  private var chain: [Rect] {
    guard !state.isComparing else { return [] }
    let chain = ChainDescription(state.settings[state.focus], glyphs: glyphs)
    return [chain.text, chain.brief].lazy.map { words([$0], in: layout.title) }.first { !$0.isEmpty } ?? []
  }

  /// The legend on the frame; where it has no room there, the tokens themselves.
  private var colors: [Rect] {
    guard state.text.scale != .off else { return [] }
    let legend = words([state.text.scale.title + " "], .dim, in: panels.text.row(0))
    return legend.isEmpty ? tokens { _, _ in true } : legend
  }

  private var ranks: [Rect] {
    targets { if case .rank(_, state.focus) = $0 { true } else { false } }
      .map { Rect(x: $0.x + 1, y: $0.y, width: 2, height: 1) }
  }

  private var number: [Rect] {
    guard let u = state.lanes[state.focus].decision?.u else { return [] }
    let value = NumberFormat.fixed(u, decimals: 4)
    let places = words(["u = \(value)"], in: panels.draw)
    return places.isEmpty ? words([value], in: panels.draw) : places
  }
}
