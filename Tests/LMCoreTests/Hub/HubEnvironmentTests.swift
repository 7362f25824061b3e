import TestSupport
import Testing

@testable import LMCore

@Suite struct HubEnvironmentTests {
  @Test(
    arguments: [
      (["HOME": "/h"], "/h/.cache/huggingface/hub"),
      (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
      (["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "/f"], "/f/hub"),
      (["HOME": "/h", "HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/old"], "/old"),
      (["HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/new"], "/new"),
      (["HOME": "/h", "HF_HUB_CACHE": "~/models"], "/h/models"),
      (["HOME": "/h", "HF_HOME": "$HOME/a/${NAME}/$NOBODY", "NAME": "b"], "/h/a/b/$NOBODY/hub"),
      (["HOME": "/h", "HF_HUB_CACHE": "", "HF_HOME": ""], "/h/.cache/huggingface/hub"),
      (["HF_HUB_CACHE": "/a$"], "/a$"), (["HF_HUB_CACHE": "/a${b"], "/a${b"),
    ] as [([String: String], String)])
  func findsTheCache(variables: [String: String], expected: String) {
    #expect(HubEnvironment(variables).cacheDirectory == expected)
  }

  @Test func withoutAHomeTheSystemKnowsIt() {
    let directory = HubEnvironment([:]).cacheDirectory
    #expect(directory.hasPrefix("/"))
    #expect(directory.hasSuffix("/.cache/huggingface/hub"))
  }

  @Test(
    arguments: [
      ([:], false), (["HF_HUB_OFFLINE": "1"], true), (["HF_HUB_OFFLINE": "yes"], true),
      (["HF_HUB_OFFLINE": "True"], true), (["HF_HUB_OFFLINE": "ON"], true), (["HF_HUB_OFFLINE": "0"], false),
      (["HF_HUB_OFFLINE": "2"], false), (["TRANSFORMERS_OFFLINE": "1"], true),
      (["HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "1"], false),
    ] as [([String: String], Bool)])
  func readsOfflineMode(variables: [String: String], expected: Bool) {
    #expect(HubEnvironment(variables).isOffline == expected)
  }

  @Test func readsTheServer() {
    #expect(HubEnvironment([:]).endpoint == "https://huggingface.co")
    #expect(
      HubEnvironment(["HF_ENDPOINT": "https://mirror.example/hub//"]).endpoint == "https://mirror.example/hub"
    )
    #expect(HubEnvironment([:]).metadataTimeout == 10)
    #expect(HubEnvironment(["HF_HUB_ETAG_TIMEOUT": "3"]).metadataTimeout == 3)
    #expect(HubEnvironment(["HF_HUB_DOWNLOAD_TIMEOUT": "7"]).downloadTimeout == 7)
    #expect(HubEnvironment(["HF_HUB_DOWNLOAD_TIMEOUT": "0"]).downloadTimeout == 10)
    #expect(HubEnvironment(["HF_HUB_DOWNLOAD_TIMEOUT": "soon"]).downloadTimeout == 10)
  }

  @Test func takesTheTokenOfTheVariableElseOfTheFile() throws {
    let home = try TemporaryFolder()
    try home.write("token", " hf_file\n")
    #expect(HubEnvironment(["HF_HOME": home.path]).token == "hf_file")
    #expect(HubEnvironment(["HF_HOME": home.path, "HF_TOKEN": "hf_own\r\n"]).token == "hf_own")
    #expect(HubEnvironment(["HF_HOME": home.path, "HUGGING_FACE_HUB_TOKEN": "hf_old"]).token == "hf_old")
    #expect(
      HubEnvironment(["HF_HOME": home.path, "HF_TOKEN": "hf_own", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]).token
        == nil)
    try home.write("elsewhere", "hf_other")
    #expect(
      HubEnvironment(["HF_HOME": home.path, "HF_TOKEN_PATH": home.path + "/elsewhere"]).token == "hf_other")
    #expect(HubEnvironment(["HF_HOME": "/nonexistent"]).token == nil)
  }

  /// A token with a line end in it would add headers to the request.
  @Test func noTokenEndsTheHeaderLine() {
    #expect(HubEnvironment(["HF_TOKEN": "a\r\nX-Evil: 1"]).token == "aX-Evil:1")
  }
}
