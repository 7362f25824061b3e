/// A `model.safetensors.index.json`: which file holds each tensor.
struct SafetensorsIndex {
  /// In the order of the document. Files are plain names in the index's own folder.
  let places: [(tensor: String, shard: String)]

  /// The files, each once, sorted.
  var shards: [String] { Set(places.map(\.shard)).sorted() }

  /// - Parameter file: the index's path or name, for errors.
  /// - Throws: `CheckpointError.invalidIndex` or `.unsafeShardName`.
  init(parsing bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
    guard bytes.count <= JSON.largestDocument else {
      throw .invalidIndex(file: file, problem: "it has \(bytes.count) bytes, too many for one")
    }
    let document: JSON
    do { document = try JSON(parsing: bytes, dialect: .python) } catch {
      throw .invalidIndex(file: file, problem: error.description)
    }
    guard let map = document["weight_map"]?.members else {
      throw .invalidIndex(file: file, problem: "it has no table \"weight_map\"")
    }
    guard !map.isEmpty else { throw .invalidIndex(file: file, problem: "it lists no files") }
    var places: [(tensor: String, shard: String)] = []
    for member in map {
      guard let shard = member.value.string else {
        throw .invalidIndex(
          file: file, problem: "the place of tensor \"\(ForeignText.line(member.name))\" is not a file name")
      }
      guard Self.isPlainName(shard) else { throw .unsafeShardName(file: file, shard: shard) }
      places.append((member.name, shard))
    }
    self.places = places
  }

  /// Names come from the network and become paths: nothing may lead out of the folder, or hide.
  private static func isPlainName(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") && !name.hasPrefix(".") && !name.contains("..")
      && !name.utf8.contains { [UInt8(ascii: "/"), UInt8(ascii: "\\"), 0].contains($0) }
      && name.utf8.count <= 200 && ForeignText.wholeLine(name) == name
  }
}
