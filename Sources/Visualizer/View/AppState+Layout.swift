import Presentation

extension AppState {
  /// Where the panels lie.
  var layout: MainLayout {
    let lines =
      lessonBar?.height(
        columns: size.columns, limit: LessonParser.captionLines, glyphs: appearance.glyphs) ?? 0
    return MainLayout(size: size, laneCount: lanes.count, captionLines: lines)
  }

  /// The caption of the lesson's step; nil without a lesson.
  var lessonBar: LessonBar? {
    lesson.map {
      LessonBar(
        caption: $0.step.caption, number: $0.index + 1, count: $0.lesson.stepCount, isDone: $0.isDone)
    }
  }

  /// How many tokens the table of the focused lane shows.
  var tableRows: Int {
    DistributionTable.rowCapacity(
      height: layout.lanes[focus].table.height - 2,
      hasCutoff: focusedLane?.decision?.distribution.bindingFilter != nil)
  }
}
