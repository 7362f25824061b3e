import Glibc
import LMCore

extension Command {
  static let models = Command(
    "models", "the models that are here", synopsis: ["models [FOLDER...] [options]"],
    details: """
      The built-in model, the one that -m or GPT2_VIZ_MODEL names, and each FOLDER that is a GPT-2
      checkpoint or has folders in it that are.
      """,
    groups: [
      OptionGroup(title: "Model", options: OptionGroup.model.options.filter { $0.name == "model" }),
      .output([.table, .json]),
    ],
    examples: ["gpt2-viz models", "gpt2-viz models ~/models --format json"], wordLimit: nil
  ) { options, surroundings in
    var found = [try GPT2Model.loadBuiltIn(threads: 1).information]
    if case .folder(let path) = try locateModel(options, surroundings) {
      found.append(try information(ofFolder: path))
    }
    for folder in options.words {
      for model in try listModels(in: folder) where !found.contains(where: { $0.path == model.path }) {
        found.append(model)
      }
    }
    if options.format == .json {
      try surroundings.output.writeLine(JSON.object([.init("models", .array(found.map(json)))]).description)
    } else {
      try surroundings.output.write(table(found))
    }
  }
}

/// A folder of the command line has nothing to list.
enum ModelListError: Error, Equatable, CustomStringConvertible {
  case unreadable(folder: String, errorNumber: Int32)
  case noModel(folder: String)

  var description: String {
    switch self {
    case .unreadable(let folder, let errorNumber):
      "cannot read the folder \(folder): \(String(cString: strerror(errorNumber)))"
    case .noModel(let folder):
      "\(folder) is no model and has none in it: no config.json there, nor in a folder directly below"
    }
  }
}

/// What the files say, without reading the weights.
private func information(ofFolder path: String) throws -> ModelInformation {
  let folder = try ModelDirectory(path: path)
  let name = folder.path.split(separator: "/").last.map(String.init) ?? folder.path
  let model = try GPT2Model(
    folder.openCheckpoint(), folder.configuration, name: name, path: folder.path, source: .folder, threads: 1)
  return model.information
}

/// The model that a folder is, or the models in the folders directly below it, by name.
private func listModels(in folder: String) throws -> [ModelInformation] {
  if access(folder + "/config.json", F_OK) == 0 { return [try information(ofFolder: folder)] }
  guard let stream = opendir(folder) else {
    throw ModelListError.unreadable(folder: folder, errorNumber: errno)
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    names.append(
      withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
          String(cString: $0)
        }
      })
  }
  let prefix = folder.hasSuffix("/") ? folder : folder + "/"
  let candidates = names.filter { !$0.hasPrefix(".") }.sorted().map { prefix + $0 }
    .filter { access($0 + "/config.json", F_OK) == 0 }
  guard !candidates.isEmpty else { throw ModelListError.noModel(folder: folder) }
  return candidates.compactMap { path in
    do {
      return try information(ofFolder: path)
    } catch {
      // One that cannot be used must not hide the others.
      say("gpt2-viz: left out: \(error)")
      return nil
    }
  }
}

private func json(_ model: ModelInformation) -> JSON {
  [
    "name": JSON(model.name), "path": JSON(model.path), "parameters": JSON(model.parameterCount),
    "dtype": JSON(model.dtype), "bytes": JSON(model.byteCount), "source": JSON(model.source.rawValue),
  ]
}

private func table(_ models: [ModelInformation]) -> String {
  var table = TextTable(columns: [
    .left("name"), .right("parameters"), .left("stored as"), .right("size"), .left("source"), .left("path"),
  ])
  for model in models {
    table.append([
      withoutControls(model.name, except: []), NumberFormat.abbreviated(model.parameterCount), model.dtype,
      NumberFormat.bytes(model.byteCount), model.source.rawValue,
      withoutControls(model.path ?? "", except: []),
    ])
  }
  return table.text
}
