import Glibc

/// One visualizer that a signal meets at a random moment of a random scene. The seed decides both; the moment itself
/// is the machine's.
public struct SignalTrial: CustomStringConvertible {
  /// What the program is doing when the signal comes.
  public enum Scene: String, CaseIterable, Sendable {
    case start, load, steps, play, promptEditor = "prompt editor", search, help, branches, comparison, lesson
    case resizing, stopped, plain
  }

  public let seed: UInt64
  public let scene: Scene
  public let signal: Int32
  private var random: SplitMix
  private let arguments: [String]

  public static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// - Parameter slowModel: a folder with a model whose load takes a while.
  public init(seed: UInt64, slowModel: String) {
    self.seed = seed
    random = SplitMix(state: seed)
    scene = Scene.allCases[Int(seed % UInt64(Scene.allCases.count))]
    signal = Self.signals[random.below(Self.signals.count)]
    arguments =
      switch scene {
      case .load: ["--ids", "1 2 3", "-m", slowModel, "--precision", "int8"]
      case .plain: ["--plain", "--seed", "1"]
      case .lesson: ["lesson", "nucleus"]
      default: ["--seed", "\(seed)"]
      }
  }

  public var description: String { "seed \(seed), \(scene.rawValue), signal \(signal)" }

  /// Runs the program to its end. Returns all that is not as it was, and not as it should be.
  public mutating func run(_ program: String) throws -> [String] {
    let pty = try Pty(
      program, arguments, columns: 80 + random.below(80), rows: 24 + random.below(20), outlivesProgram: true)
    let before = pty.originalSettings
    guard isReached(on: pty) else { return ["the scene was not reached: \(pty.screen.text)"] }
    if scene == .resizing {
      for _ in 0..<5 + random.below(20) {
        pty.resizeAtOnce(columns: 1 + random.below(200), rows: 1 + random.below(60))
        usleep(UInt32(random.below(3000)))
      }
    } else {
      usleep(UInt32(random.below(60_000)))
    }
    var status: Int32 = -1
    // Ctrl-C first stops what is going on; a second one ends the program.
    for _ in 0..<6 where status < 0 {
      pty.signal(signal)
      if scene == .stopped { pty.signal(SIGCONT) }
      status = pty.exitStatus(seconds: signal == SIGINT ? 0.3 : 10)
    }
    var problems: [String] = []
    if status != 128 + signal { problems.append("the exit status is \(status)") }
    problems += pty.disorder
    let after = pty.settings
    if before != after || !before.contains("icanon") { problems.append("stty -a: \(before) became \(after)") }
    if !pty.survivors.isEmpty { problems.append("processes survive: \(pty.survivors)") }
    if pty.output.contains("Fatal") { problems.append("it crashed: \(pty.output.suffix(300))") }
    return problems
  }

  /// Brings the program into the scene.
  private mutating func isReached(on pty: Pty) -> Bool {
    switch scene {
    case .start:
      // Anywhere between the first instruction and the first frame.
      usleep(UInt32(random.below(80_000)))
      return true
    case .load:
      _ = pty.wait(seconds: Double(random.below(300)) / 1000) { _ in false }
      return true
    case .plain:
      guard pty.wait(forOutput: "Ctrl-L says") else { return false }
      if random.below(2) == 0 { pty.send("llle") }
      return true
    default: break
    }
    guard pty.wait(for: "quit") else { return false }
    let keys: String
    switch scene {
    case .steps: keys = String(repeating: "l", count: random.below(60))
    case .play: keys = "++++ "
    case .promptEditor: keys = "e the king said"
    case .search: keys = "/the"
    case .help: keys = "?"
    case .branches: keys = "ll\u{1B}[Db"
    case .comparison: keys = "llllcllllll"
    case .lesson: keys = ">ll>"
    default: keys = "ll"
    }
    pty.send(keys)
    if scene == .stopped {
      pty.signal(SIGSTOP)
      return pty.waitUntilStopped()
    }
    return true
  }
}

/// A small random stream (splitmix64), so that a seed says everything.
struct SplitMix {
  var state: UInt64

  mutating func below(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(count))
  }
}
