import LMCore

/// A number with its noun: `1 token`, `4,096 tokens`, `2 branches`.
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  NumberFormat.grouped(count) + " " + (count == 1 ? noun : plural ?? noun + "s")
}
