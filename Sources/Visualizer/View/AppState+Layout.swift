import Presentation

extension AppState {
  /// The areas of the panels.
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

  /// The number of tokens that the table of the focused lane has room for.
  var tableRows: Int {
    DistributionTable.rowCapacity(
      height: layout.lanes[focus].table.height - 2,
      hasCutoff: focusedLane?.decision?.distribution.bindingFilter != nil)
  }
}
