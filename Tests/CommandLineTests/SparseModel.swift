import Foundation
import TestSupport

/// A GPT-2 of zeros in a sparse file: as large as wanted, made in no time.
enum SparseModel {
  /// Writes config.json and model.safetensors into the folder.
  ///
  /// - Returns: the bytes of the weights.
  @discardableResult
  static func write(
    into folder: TemporaryFolder, layers: Int, width: Int, heads: Int = 4, vocabulary: Int = 64,
    context: Int = 64
  ) throws -> Int {
    try folder.write(
      "config.json",
      #"{"model_type":"gpt2","vocab_size":\#(vocabulary),"n_positions":\#(context),"n_embd":\#(width),"#
        + #""n_layer":\#(layers),"n_head":\#(heads)}"#)
    var tensors: [(name: String, shape: [Int])] = [
      ("wte.weight", [vocabulary, width]), ("wpe.weight", [context, width]),
      ("ln_f.weight", [width]), ("ln_f.bias", [width]),
    ]
    for layer in 0..<layers {
      for (name, inputs, outputs) in [
        ("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width), ("mlp.c_fc", width, 4 * width),
        ("mlp.c_proj", 4 * width, width),
      ] {
        tensors.append(("h.\(layer).\(name).weight", [inputs, outputs]))
        tensors.append(("h.\(layer).\(name).bias", [outputs]))
      }
      for norm in ["ln_1", "ln_2"] {
        tensors.append(("h.\(layer).\(norm).weight", [width]))
        tensors.append(("h.\(layer).\(norm).bias", [width]))
      }
    }
    var (offset, entries) = (0, [String]())
    for (name, shape) in tensors {
      let end = offset + 4 * shape.reduce(1, *)
      entries.append(#""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(offset),\#(end)]}"#)
      offset = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    let path = try folder.write("model.safetensors", length + header)
    guard truncate(path, off_t(8 + header.count + offset)) == 0 else { throw CocoaError(.fileWriteUnknown) }
    return offset
  }
}
