import Testing

@testable import LMCore

@Suite struct RepositoryIDTests {
  @Test(arguments: [
    ("gpt2", "models--gpt2"), ("openai-community/gpt2", "models--openai-community--gpt2"),
    ("a_b/C-1.0", "models--a_b--C-1.0"), ("123", "models--123"),
  ])
  func goesToAFolderAndBack(text: String, folder: String) throws {
    let id = try #require(RepositoryID(text))
    #expect(id.folderName == folder)
    #expect(RepositoryID(folderName: folder) == id)
  }

  @Test(arguments: [
    "", "/", "a/", "/a", "a/b/c", ".", "..", "../a", "a/..", "a..b", "a--b", "-a", "a-", ".a", "a.", "a b",
    "a%2Fb",
    "é", "a.git", "a\n", String(repeating: "a", count: 97),
  ])
  func refusesWhatTheHubRefuses(text: String) {
    #expect(RepositoryID(text) == nil)
  }

  @Test(arguments: ["datasets--a--b", "models--", "models--a--b--c", "models--../x", "version.txt"])
  func otherFoldersAreNoModels(folder: String) {
    #expect(RepositoryID(folderName: folder) == nil)
  }

  @Test func oldIDsHaveNewNames() {
    #expect(RepositoryID("gpt2-xl")?.canonical?.text == "openai-community/gpt2-xl")
    #expect(RepositoryID("distilgpt2")?.canonical?.text == "distilbert/distilgpt2")
    #expect(RepositoryID("openai-community/gpt2")?.canonical == nil)
    #expect(RepositoryID("bert-base-uncased")?.canonical == nil)
  }
}
