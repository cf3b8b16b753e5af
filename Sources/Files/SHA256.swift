import CLibCrypto

/// SHA-256 (FIPS 180-4) of bytes given in pieces, computed by OpenSSL's libcrypto, which uses the CPU's instructions
/// for SHA if there are any.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// A hash of no bytes yet.
  package init() {
    // Both calls fail only if memory is short or the library has no SHA-256.
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto gives no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The hash of all bytes added, as 64 hexadecimal digits in lower case. No bytes may be added afterwards.
  package mutating func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The hash of a text in UTF-8, as 64 hexadecimal digits in lower case.
  package static func hex(of text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      var hash = SHA256()
      hash.update(UnsafeRawBufferPointer(bytes))
      return hash.finish()
    }
  }
}
