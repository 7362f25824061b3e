import LMCore

/// A number with its noun: `1 token`, `4,096 tokens`.
package func counted(_ count: Int, _ noun: String) -> String {
  NumberFormat.grouped(count) + " " + noun + (count == 1 ? "" : "s")
}
