import Presentation

extension AppState {
  /// The areas of the panels.
  var layout: MainLayout {
    let lines =
      lessonBar?.height(
        columns: size.columns, limit: LessonParser.captionLines, glyphs: appearance.glyphs) ?? 0
    return MainLayout(
      size: size, laneCount: lanes.count, captionLines: lines,
      panelLines: chain == nil ? 0 : ChainPanel.lines(rows: size.rows - lines))
  }

  /// The caption of the lesson's step; nil without a lesson.
  var lessonBar: LessonBar? {
    lesson.map {
      LessonBar(
        caption: $0.step.caption, number: $0.index + 1, count: $0.lesson.stepCount, isDone: $0.isDone,
        hasNextLesson: !$0.next.isEmpty)
    }
  }

  /// The number of tokens that the table of the focused lane has room for.
  var tableRows: Int { tableRows(lane: focus, height: layout.lanes[focus].table.height - 2) }

  /// The number of tokens that a lane's table has room for.
  ///
  /// - Parameter height: of the area inside the frame, in rows.
  func tableRows(lane: Int, height: Int) -> Int {
    let shown = lanes.indices.contains(lane) ? lanes[lane].shownDistribution : nil
    let cutRank = shown?.chainProblem == nil ? shown?.cutLineRank : nil
    return DistributionTable.rowCapacity(
      height: height,
      isCutBelow: cutRank.map { cutRank in
        { (visibleRanks(lane: lane, count: $0).last ?? 0) < cutRank }
      })
  }

  /// The scale of all bars, the same in all lanes. It depends on the model alone: where only the sampler changes, equal
  /// probabilities keep their lengths.
  var barScale: BarScale {
    BarScale(covering: lanes.compactMap { $0.decision?.distribution.row(atRank: 1)?.before }.max() ?? 1)
  }
}
