// swift-tools-version: 6.2
import PackageDescription

let strictSwift: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "gpt2-viz",
  products: [
    .library(name: "LMCore", targets: ["LMCore"]),
    .executable(name: "gpt2-viz", targets: ["gpt2-viz"]),
  ],
  targets: [
    // No pkgConfig: ncursesw.pc carries -D flags, which SwiftPM refuses with a warning on every build
    // (swift-package-manager#4817). The header is in /usr/include, and the module map names the libraries.
    .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),
    // pkgConfig stays: the header's folder differs between architectures.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    // No pkgConfig: the header is in the compiler's own folders, the module map names the library.
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CMappedFiles", cSettings: strictC),
    .target(name: "CGuard", dependencies: ["CMappedFiles"], cSettings: strictC),
    .target(name: "CKernels", cSettings: strictC),
    .target(name: "CStoryteller", exclude: ["Model"], cSettings: strictC),
    .target(name: "CLessons", exclude: ["Lessons"], cSettings: strictC),
    .target(
      name: "LMCore",
      dependencies: ["COpenBLAS", "CCurl", "CCrypto", "CKernels", "CMappedFiles", "CStoryteller"],
      swiftSettings: strictSwift),
    // Words, numbers and tokens as text: for the screen and for the commands.
    .target(name: "Presentation", dependencies: ["LMCore"], swiftSettings: strictSwift),
    .target(
      name: "Visualizer", dependencies: ["Presentation", "LMCore", "CNcurses", "CGuard", "CLessons"],
      swiftSettings: strictSwift),
    .executableTarget(
      name: "gpt2-viz", dependencies: ["Visualizer", "Presentation", "LMCore", "CGuard"],
      swiftSettings: strictSwift),
    .executableTarget(
      name: "gpt2-viz-bench", dependencies: ["LMCore"], swiftSettings: strictSwift),
    .target(
      name: "ModelTestSupport", dependencies: ["LMCore"], path: "Tests/ModelTestSupport",
      swiftSettings: strictSwift),
    // A folder that is removed after a test.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strictSwift),
    // A model hub on the loopback interface that does whatever a network can do to a download.
    .target(
      name: "HubTestSupport", dependencies: ["LMCore"], path: "Tests/HubTestSupport",
      swiftSettings: strictSwift),
    // A program on a pseudo-terminal and the screen that it draws, for the tests below.
    .target(
      name: "TerminalTestSupport", dependencies: ["CNcurses"], path: "Tests/TerminalTestSupport",
      swiftSettings: strictSwift),
    // Shows what it is asked to, and ends in every way a program can.
    .executableTarget(
      name: "terminal-probe", dependencies: ["Visualizer"], path: "Tests/TerminalProbe",
      swiftSettings: strictSwift),
    // Damaged inputs of every kind that the program reads, and what must come of them.
    .target(
      name: "FuzzSupport", dependencies: ["LMCore", "Visualizer"], path: "Tests/FuzzSupport",
      exclude: ["Seeds"],
      swiftSettings: strictSwift),
    // Runs them by the thousand in a process of their own, which may die: Scripts/fuzz.
    .executableTarget(
      name: "fuzz-runner", dependencies: ["FuzzSupport", "LMCore"], path: "Tests/FuzzRunner",
      swiftSettings: strictSwift),
    // Stands before malloc in the test program, to show that a step allocates nothing.
    .target(
      name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: strictC),
    .testTarget(
      name: "LMCoreTests",
      dependencies: [
        "LMCore", "CKernels", "ModelTestSupport", "HubTestSupport", "TestSupport", "AllocationCounter",
      ],
      exclude: ["Fixtures"], swiftSettings: strictSwift),
    .testTarget(
      name: "PresentationTests", dependencies: ["Presentation", "LMCore", "CNcurses"],
      swiftSettings: strictSwift),
    .testTarget(
      name: "VisualizerTests",
      dependencies: [
        "Visualizer", "Presentation", "LMCore", "CNcurses", "ModelTestSupport", "TerminalTestSupport",
        "TestSupport", "terminal-probe",
      ],
      swiftSettings: strictSwift),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "gpt2-viz", "TerminalTestSupport", "HubTestSupport", "TestSupport", "fuzz-runner", "FuzzSupport",
      ],
      swiftSettings: strictSwift),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c2x
)

// It needs libFuzzer, which Scripts/fuzz-coverage links; without it there is nothing to build.
if Context.environment["GPT2_VIZ_COVERAGE"] != nil {
  package.targets.append(
    .executableTarget(
      name: "coverage-fuzzer", dependencies: ["FuzzSupport", "LMCore"], path: "Tests/FuzzCoverage",
      swiftSettings: strictSwift))
}
