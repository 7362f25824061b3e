import CCrypto

/// SHA-1 or SHA-256 of a stream of bytes, computed by libcrypto.
package final class MessageDigest {
  package enum Algorithm: Sendable { case sha1, sha256 }

  private let context = EVP_MD_CTX_new()
  private var isUsable: Bool

  package init(_ algorithm: Algorithm) {
    isUsable = EVP_DigestInit_ex(context, algorithm == .sha1 ? EVP_sha1() : EVP_sha256(), nil) == 1
  }

  deinit { EVP_MD_CTX_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    isUsable = isUsable && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
  }

  /// The digest of all bytes so far in lower-case hexadecimal digits; more may follow.
  ///
  /// nil where libcrypto does not offer the algorithm, as its configuration file can forbid.
  package var hexadecimal: String? {
    guard isUsable, let copy = EVP_MD_CTX_new() else { return nil }
    defer { EVP_MD_CTX_free(copy) }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_MD_CTX_copy_ex(copy, context) == 1, EVP_DigestFinal_ex(copy, &digest, &count) == 1 else {
      return nil
    }
    return digest.prefix(Int(count)).map { $0.hexadecimal() }.joined()
  }
}
