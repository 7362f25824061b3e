import Foundation
import TestSupport
import Testing

@testable import LMCore

@Suite struct CheckpointTests {
  private static let index = "model.safetensors.index.json"

  private func sharded() throws -> TemporaryFolder {
    try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/sharded")
  }

  /// Rewrites the place of one tensor in the index.
  private func move(_ tensor: String, to shard: String, in folder: TemporaryFolder) throws {
    let document = try JSON(parsing: folder.read(Self.index))
    let members = (document["weight_map"]?.members ?? []).map {
      $0.name == tensor ? JSON.Member(tensor, .string(shard)) : $0
    }
    try folder.write(Self.index, JSON.object([JSON.Member("weight_map", .object(members))]).description)
  }

  // MARK: Index

  @Test(arguments: ["../model.safetensors", "/etc/passwd", "a/b", "..", ".", "", "a..b", "x\0y"])
  func shardNamesStayInTheFolder(_ shard: String) throws {
    let folder = try sharded()
    try move("wte.weight", to: shard, in: folder)
    #expect(throws: CheckpointError.unsafeShardName(file: folder.path + "/" + Self.index, shard: shard)) {
      try Transformer.load(directory: folder.path)
    }
  }

  @Test func shardThatIsNotThere() throws {
    let folder = try sharded()
    try move("wte.weight", to: "gone.safetensors", in: folder)
    #expect(
      throws: FileError.unreadable(
        path: folder.path + "/gone.safetensors", reason: "No such file or directory")
    ) { try Transformer.load(directory: folder.path) }
  }

  /// Whatever the index says, the tensor counts that is in a file.
  @Test func tensorInAnotherShardThanListed() throws {
    let folder = try sharded()
    let document = try JSON(parsing: folder.read(Self.index))
    let shards = Set((document["weight_map"]?.members ?? []).compactMap(\.value.string)).sorted()
    let home = try #require(document["weight_map"]?["wte.weight"]?.string)
    let other = try #require(shards.first { $0 != home })
    try move("wte.weight", to: other, in: folder)
    #expect(throws: Never.self) { try Transformer.load(directory: folder.path) }
  }

  /// Saving leaves out a tied output matrix, but not its line in the index.
  @Test func aListedTensorThatNoFileHas() throws {
    let folder = try sharded()
    let document = try JSON(parsing: folder.read(Self.index))
    let map = try #require(document["weight_map"]?.members)
    let shard = try #require(map.first?.value)
    func write(_ members: [JSON.Member]) throws {
      let metadata = JSON.object([JSON.Member("total_size", .number("NaN"))])
      try folder.write(
        Self.index,
        JSON.object([.init("metadata", metadata), .init("weight_map", .object(members))]).description)
    }
    try write(map + [JSON.Member("lm_head.weight", shard)])
    #expect(throws: Never.self) { try Transformer.load(directory: folder.path) }
    // What is needed is missed by its name.
    try folder.write(
      "config.json",
      #"{"model_type":"gpt2","n_layer":9,"n_embd":20,"n_head":4,"vocab_size":101,"n_positions":32}"#)
    #expect(throws: CheckpointError.self) { try Transformer.load(directory: folder.path) }
  }

  @Test(arguments: ["[]", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}", "nonsense"])
  func indexThatIsNone(_ text: String) throws {
    let folder = try sharded()
    try folder.write(Self.index, text)
    do {
      _ = try Transformer.load(directory: folder.path)
      Issue.record("no error for \(text)")
    } catch CheckpointError.invalidIndex(let file, let problem) {
      #expect(file == folder.path + "/" + Self.index)
      #expect(!problem.isEmpty)
    }
  }

  @Test func filesThatAreNotListedAreNotRead() throws {
    let folder = try sharded()
    try folder.write("model-00004-of-00003.safetensors", "garbage")
    _ = try Transformer.load(directory: folder.path)
  }

  // MARK: Tensors

  /// One small tensor of the given type in a model of "plain"'s shapes would do; here the checkpoint alone is asked.
  private func checkpoint(_ dtype: String, shape: String, bytes: Int) throws -> Checkpoint {
    let header = "{\"w\":\(SafetensorsHeaderTests.tensor(dtype, shape, 0, bytes))}"
    let file = SafetensorsHeaderTests.file(header, data: bytes)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 1)
    memory.copyBytes(from: file)
    return Checkpoint(
      file: try SafetensorsFile(bytes: UnsafeRawBufferPointer(memory), name: "m", owner: Freed(memory)))
  }

  private final class Freed {
    let memory: UnsafeMutableRawBufferPointer
    init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }
    deinit { memory.deallocate() }
  }

  @Test func missing() throws {
    let checkpoint = try checkpoint("F32", shape: "[2]", bytes: 8)
    #expect(throws: CheckpointError.missingTensor(file: "m", tensor: "v")) {
      try checkpoint.tensor("v", shape: [2])
    }
  }

  @Test(arguments: [[3, 2], [6], [2, 3, 1], [2, 2]])
  func misshapen(_ shape: [Int]) throws {
    let checkpoint = try checkpoint("F32", shape: "[2,3]", bytes: 24)
    #expect(throws: CheckpointError.wrongShape(file: "m", tensor: "w", shape: [2, 3], expected: shape)) {
      try checkpoint.tensor("w", shape: shape)
    }
    #expect(try checkpoint.tensor("w", shape: [2, 3]).columns == 3)
  }

  @Test(arguments: [
    ("I8", 1), ("U8", 1), ("BOOL", 1), ("F8_E4M3", 1), ("I32", 4), ("F64", 8), ("I64", 8), ("C64", 8),
  ])
  func otherTypes(_ dtype: String, _ size: Int) throws {
    let checkpoint = try checkpoint(dtype, shape: "[2]", bytes: 2 * size)
    let error = CheckpointError.unsupportedType(file: "m", tensor: "w", dtype: dtype)
    #expect(throws: error) { try checkpoint.tensor("w", shape: [2]) }
    #expect(error.description.contains(dtype))
  }
}
