import LMCore

/// The version of the program, as in the changelog.
let programVersion = "0.1.0"
/// The date of the version, for the manual page.
let programDate = "2026-11-24"

/// `gpt2-viz --version`, and with `-v` what the program was built for and with.
func writeVersion(isVerbose: Bool, to output: StandardOutput) throws {
  try output.writeLine("gpt2-viz \(programVersion)")
  guard isVerbose else { return }
  // A wrong GPT2_VIZ_CPU must not keep the version from being shown.
  let kernels = (try? Kernels.selected().name) ?? "none: see GPT2_VIZ_CPU"
  try output.writeLine("kernels \(kernels); OpenBLAS core \(OpenBLASCore.name)")
  try output.writeLine("built for \(architecture), \(operatingSystem), with \(compiler)")
}

private var architecture: String {
  #if arch(x86_64)
    "x86_64"
  #elseif arch(arm64)
    "arm64"
  #else
    "another architecture"
  #endif
}

private var operatingSystem: String {
  #if os(Linux)
    "Linux"
  #elseif os(macOS)
    "macOS"
  #else
    "another system"
  #endif
}

private var compiler: String {
  #if compiler(>=6.4)
    "Swift 6.4 or later"
  #elseif compiler(>=6.3)
    "Swift 6.3"
  #else
    "Swift 6.2"
  #endif
}
