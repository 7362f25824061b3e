/// Options under one heading of a help page.
struct OptionGroup: Sendable {
  let title: String
  let options: [Option]
}
