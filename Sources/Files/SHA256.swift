internal import CCrypto
internal import Glibc

/// The SHA-256 of a file's bytes in lower-case hexadecimal.
/// - Throws: `FileError` if the file cannot be read.
public func sha256(ofFile path: String) throws -> String {
  // The bytes are mapped only as long as the file lives.
  let file = try FileBytes(mapping: path)
  return try withExtendedLifetime(file) { try sha256(of: file.bytes, called: path) }
}

/// The SHA-256 of bytes in lower-case hexadecimal. EVP_DigestUpdate of libcrypto.
/// - Parameters:
///   - bytes: any number of them.
///   - name: what an error calls them.
/// - Throws: `FileError` if libcrypto fails.
package func sha256(of bytes: UnsafeRawBufferPointer, called name: String) throws -> String {
  guard let context = EVP_MD_CTX_new() else { fatalError("out of memory: EVP_MD_CTX_new") }
  defer { EVP_MD_CTX_free(context) }
  var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
  var length: UInt32 = 0
  guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1,
    bytes.isEmpty || EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1,
    EVP_DigestFinal_ex(context, &digest, &length) == 1
  else {
    throw FileError(.noInput, path: name, problem: "its SHA-256 could not be computed (libcrypto failed)")
  }
  return digest[..<Int(length)].map { byte in
    let hex = String(byte, radix: 16)
    return byte < 16 ? "0" + hex : hex
  }.joined()
}
