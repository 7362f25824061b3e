import Foundation
import TestSupport
import Testing

@testable import LMCore

@Suite struct ModelDirectoryTests {
  private func copy(of name: String) throws -> TemporaryFolder {
    try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/" + name)
  }

  @Test func folderMissing() {
    #expect(throws: ModelDirectoryError.folderMissing(path: "/no/such", reason: "No such file or directory"))
    {
      try ModelDirectory(path: "/no/such/")
    }
  }

  @Test func fileInsteadOfFolder() throws {
    let folder = try copy(of: "plain")
    let path = folder.path + "/config.json"
    #expect(throws: ModelDirectoryError.notAFolder(path: path)) { try ModelDirectory(path: path) }
  }

  @Test func configurationMissing() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ModelDirectoryError.configurationMissing(path: folder.path)) {
      try ModelDirectory(path: folder.path)
    }
  }

  @Test func configurationNotJSON() throws {
    let folder = try copy(of: "plain")
    try folder.write("config.json", "{\"n_embd\": }")
    do {
      _ = try ModelDirectory(path: folder.path)
      Issue.record("no error")
    } catch ModelDirectoryError.invalidConfiguration(let file, let problem) {
      #expect(file == folder.path + "/config.json")
      #expect(problem.contains("line 1"))
    }
  }

  @Test func configurationUnreadable() throws {
    let folder = try copy(of: "plain")
    try folder.remove("config.json")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/config.json", withIntermediateDirectories: true)
    #expect(throws: FileError.notRegular(path: folder.path + "/config.json")) {
      try ModelDirectory(path: folder.path)
    }
  }

  @Test func weightsOfAnotherKindSayHowToConvert() throws {
    let folder = try copy(of: "plain")
    try folder.remove("model.safetensors")
    #expect(throws: ModelDirectoryError.weightsMissing(path: folder.path, others: nil)) {
      try ModelDirectory(path: folder.path)
    }
    try folder.write("pytorch_model.bin", "x")
    let error = ModelDirectoryError.weightsMissing(path: folder.path, others: "pytorch_model.bin")
    #expect(throws: error) { try ModelDirectory(path: folder.path) }
    #expect(error.description.contains("save_pretrained"))
  }

  @Test func weightsUnreadable() throws {
    let folder = try copy(of: "plain")
    try folder.remove("model.safetensors")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/model.safetensors", withDestinationPath: folder.path + "/gone")
    #expect(throws: ModelDirectoryError.weightsMissing(path: folder.path, others: nil)) {
      try ModelDirectory(path: folder.path)
    }
    try FileManager.default.removeItem(atPath: folder.path + "/model.safetensors")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/model.safetensors", withIntermediateDirectories: true)
    #expect(throws: FileError.notRegular(path: folder.path + "/model.safetensors")) {
      try Transformer.load(directory: folder.path)
    }
  }

  @Test func emptyWeights() throws {
    let folder = try copy(of: "plain")
    try folder.write("model.safetensors", "")
    #expect(throws: SafetensorsError.headerTooSmall(file: folder.path + "/model.safetensors", size: 0)) {
      try Transformer.load(directory: folder.path)
    }
  }

  @Test func theSingleFileIsPreferredToTheIndex() throws {
    let folder = try copy(of: "plain")
    try folder.write("model.safetensors.index.json", "not even JSON")
    _ = try Transformer.load(directory: folder.path)
  }

  @Test func aPipeDoesNotHang() throws {
    let folder = try copy(of: "plain")
    try folder.remove("model.safetensors")
    #expect(mkfifo(folder.path + "/model.safetensors", 0o600) == 0)
    #expect(throws: FileError.notRegular(path: folder.path + "/model.safetensors")) {
      try Transformer.load(directory: folder.path)
    }
  }

  @Test func progressEndsAtOne() throws {
    let folder = try copy(of: "sharded")
    var seen: [Double] = []
    _ = try Transformer.load(directory: folder.path) { seen.append($0) }
    #expect(seen.last == 1)
    #expect(seen == seen.sorted())
  }
}
