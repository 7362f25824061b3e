import Glibc
import Testing

@testable import LMCore

@Suite struct ProcessEnvironmentTests {
  @Test func hasTheVariablesOfTheProcess() {
    for (name, value) in ProcessEnvironment.variables where !name.isEmpty {
      #expect(getenv(name).map { String(cString: $0) } == value)
    }
    #expect(ProcessEnvironment.variables["PATH"] != nil)
  }

  @Test(
    arguments: [
      ([:], nil, nil), (["HOME": ""], nil, nil), (["HOME": "relative"], nil, nil),
      (["HOME": "/h"], "/h/.config/gpt2-viz", "/h/.local/state/gpt2-viz"),
      (["HOME": "/"], "/.config/gpt2-viz", "/.local/state/gpt2-viz"),
      (["HOME": "/h/", "XDG_CONFIG_HOME": "/c"], "/c/gpt2-viz", "/h/.local/state/gpt2-viz"),
      (["XDG_CONFIG_HOME": "/c/", "XDG_STATE_HOME": "/s"], "/c/gpt2-viz", "/s/gpt2-viz"),
      (["HOME": "/h", "XDG_STATE_HOME": "s"], "/h/.config/gpt2-viz", "/h/.local/state/gpt2-viz"),
    ] as [([String: String], String?, String?)])
  func baseDirectories(_ variables: [String: String], _ configuration: String?, _ state: String?) {
    #expect(BaseDirectory.configuration.programFolder(variables) == configuration)
    #expect(BaseDirectory.state.programFolder(variables) == state)
  }
}
