/// The bytes in the form of gzip (RFC 1952), in blocks that are stored as they are: nothing becomes smaller, but whoever
/// reads them must know the form.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  func append(_ number: UInt32, bytes count: Int) {
    for place in 0..<count { result.append(UInt8(truncatingIfNeeded: number >> (8 * UInt32(place)))) }
  }
  let most = 65_535
  for start in stride(from: 0, to: max(bytes.count, 1), by: most) {
    let block = bytes[start..<min(start + most, bytes.count)]
    result.append(start + most >= bytes.count ? 1 : 0)
    append(UInt32(block.count), bytes: 2)
    append(~UInt32(block.count), bytes: 2)
    result += block
  }
  append(checksum(bytes), bytes: 4)
  append(UInt32(truncatingIfNeeded: bytes.count), bytes: 4)
  return result
}

/// CRC-32 of RFC 1952.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  var sum = ~UInt32(0)
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
  }
  return ~sum
}
