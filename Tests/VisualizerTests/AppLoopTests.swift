import LMCore
import Testing

@testable import Visualizer

@MainActor
@Suite struct AppLoopTests {
  /// Runs a loop without a model over these keys; nil is a wake-up.
  private func run(
    _ keys: [Key?], size: Size = Size(columns: 80, rows: 24),
    change: @escaping @MainActor (ScriptedTerminal, Int) -> Void = { _, _ in }
  ) -> (ScriptedTerminal, RunOutcome) {
    let terminal = ScriptedTerminal(size: size, keys: keys)
    terminal.beforeKey = { [unowned terminal] in change(terminal, $0) }
    let mailbox = Mailbox<EngineEvent> {}
    let state = AppState(
      size: size, modelName: "fake", prompt: .ids([1]), settings: [SamplingSettings()], seed: 1)
    var loop = AppLoop(
      keys: terminal, output: .screen(terminal), engine: GenerationEngine { mailbox.post($0) },
      mailbox: mailbox, state: state)
    return (terminal, loop.run())
  }

  @Test func quittingEndsTheLoop() {
    let (terminal, outcome) = run([.character("?"), .escape, .character("q")])
    #expect(outcome == .quit)
    #expect(terminal.frames.count == 3)
    #expect(terminal.frames[1].text.contains("Keys"))
    #expect(terminal.frames[2] == terminal.frames[0])
  }

  @Test(arguments: [(Key.hangup, 1), (.interrupt, 2), (.terminate, 15)] as [(Key, Int32)])
  func signalsEndTheLoop(key: Key, number: Int32) {
    #expect(run([key]).1 == .interrupted(bySignal: number))
  }

  @Test func aPictureHasTheNewSize() {
    let (terminal, _) = run([.resize]) { terminal, index in
      if index == 0 { terminal.size = Size(columns: 110, rows: 34) }
    }
    #expect(terminal.frames.map(\.size.columns) == [80, 110])
  }

  @Test func theScreenIsDrawnAgainAfterAStop() {
    let (terminal, _) = run([.control("l"), .suspend]) { terminal, index in
      if index == 1 { terminal.size = Size(columns: 90, rows: 30) }
    }
    #expect(terminal.redraws == 1)
    #expect(terminal.suspensions == 1)
    #expect(terminal.frames.last?.size == Size(columns: 90, rows: 30))
  }
}
