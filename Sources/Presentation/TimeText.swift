/// How long ago something was, in words.
package enum TimeText {
  /// "just now", "12 min ago", "3 h ago", "2 days ago".
  package static func ago(seconds: Int) -> String {
    switch seconds {
    case ..<60: "just now"
    case ..<3600: "\(seconds / 60) min ago"
    case ..<86400: "\(seconds / 3600) h ago"
    case ..<172_800: "yesterday"
    default: "\(seconds / 86400) days ago"
    }
  }
}
