/// A defect of a safetensors file: one case for each that the reference implementation distinguishes, in the order of
/// its checks.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  case headerTooSmall(file: String, size: Int)
  case headerTooLarge(file: String, length: UInt64)
  case invalidHeaderLength(file: String, length: UInt64, size: Int)
  case invalidHeader(file: String)
  case invalidHeaderDeserialization(file: String, problem: String)
  case invalidOffset(file: String, tensor: String)
  case validationOverflow(file: String, tensor: String)
  case misalignedSlice(file: String, tensor: String)
  case tensorInvalidInfo(file: String, tensor: String, shapeBytes: UInt64, offsetBytes: UInt64)
  case metadataIncompleteBuffer(file: String, expected: UInt64, size: Int)
  case tensorNotFound(file: String, tensor: String)

  public var description: String {
    switch self {
    case .headerTooSmall(let file, let size):
      "\(file) holds \(size) bytes, too few for a safetensors file; download it again."
    case .headerTooLarge(let file, let length):
      "\(file) announces a header of \(length) bytes, more than safetensors allows; it is damaged or no such file."
    case .invalidHeaderLength(let file, let length, let size):
      "\(file) announces a header of \(length) bytes but ends after \(size); it is cut short, download it again."
    case .invalidHeader(let file):
      "\(file) has a header that is not UTF-8 text; it is damaged or no safetensors file."
    case .invalidHeaderDeserialization(let file, let problem):
      "\(file) has a damaged header: \(problem)."
    case .invalidOffset(let file, let tensor):
      "\(file) is damaged: the bytes of tensor \"\(ForeignText.line(tensor))\" overlap another's or leave a gap before them."
    case .validationOverflow(let file, let tensor):
      "\(file) is damaged: the shape of tensor \"\(ForeignText.line(tensor))\" is larger than any memory."
    case .misalignedSlice(let file, let tensor):
      "\(file) is damaged: tensor \"\(ForeignText.line(tensor))\" does not fill whole bytes."
    case .tensorInvalidInfo(let file, let tensor, let shapeBytes, let offsetBytes):
      "\(file) is damaged: tensor \"\(ForeignText.line(tensor))\" needs \(shapeBytes) bytes by its shape but has \(offsetBytes)."
    case .metadataIncompleteBuffer(let file, let expected, let size) where UInt64(size) < expected:
      "\(file) ends after \(size) of \(expected) bytes; it is cut short, download it again."
    case .metadataIncompleteBuffer(let file, let expected, let size):
      "\(file) holds \(size) bytes but its tensors end at \(expected); what follows belongs to none of them."
    case .tensorNotFound(let file, let tensor):
      "\(file) has no tensor \"\(ForeignText.line(tensor))\"."
    }
  }
}
