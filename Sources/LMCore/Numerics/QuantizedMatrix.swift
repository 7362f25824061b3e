import CKernels

/// A matrix with I inputs and O outputs in 8 bits, with a scale for each group of inputs and each output.
///
/// Blocks of 16 outputs follow each other in memory with another owner (CKernels.h tells how a block lies), so that a
/// product reads them from end to end.
struct QuantizedMatrix {
  let pointer: UnsafeMutablePointer<UInt8>
  let inputs: Int
  let outputs: Int

  /// Bytes that a matrix takes.
  static func byteCount(inputs: Int, outputs: Int) -> Int {
    (outputs + blockOutputs - 1) / blockOutputs * ck_block_bytes(groups(inputs))
  }

  static func groups(_ inputs: Int) -> Int { ck_groups(inputs) }

  static let blockOutputs = Int(CK_BLOCK)
  static let groupInputs = Int(CK_GROUP)

  var byteCount: Int { Self.byteCount(inputs: inputs, outputs: outputs) }

  /// Where the block that output `output`, a multiple of 16, begins with lies.
  func block(output: Int) -> UnsafeMutablePointer<UInt8> {
    pointer + output / Self.blockOutputs * ck_block_bytes(Self.groups(inputs))
  }
}
