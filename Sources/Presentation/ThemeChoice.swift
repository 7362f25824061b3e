/// The value of `--theme`. `auto` asks the environment and the terminal.
package enum ThemeChoice: String, CaseIterable, Sendable {
  case auto, dark, light
  case highContrast = "high-contrast"
}
