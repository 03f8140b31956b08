internal import CZip
internal import Files
internal import Glibc
internal import Synchronization

/// A zip archive in memory, read through libzip: members by name, stored only, their CRC checked.
///
/// Only stored members can be read: torch does not compress, and so none can be larger than the file (a zip bomb cannot
/// be).
final class ZipArchive: @unchecked Sendable {
  // @unchecked because libzip's archive is not safe to share: every use of `archive` after init is under `lock`.

  /// Member names in the archive's order.
  let names: [String]
  /// Those that are compressed or encrypted: they have no size here and cannot be read.
  let packedNames: [String]

  private let file: FileBytes
  private let archive: OpaquePointer
  private let lock = Mutex(())
  private let members: [String: Member]

  private struct Member {
    var index: UInt64
    var size: Int
  }

  /// - Throws: `FileError` with libzip's message if this is no whole archive.
  init(_ file: FileBytes) throws {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    // The source borrows the bytes (0: it does not free them); `file` outlives it.
    guard let source = zip_source_buffer_create(file.bytes.baseAddress, UInt64(file.bytes.count), 0, &error) else {
      throw Self.failure(&error, file.path)
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) else {
      zip_source_free(source)
      throw Self.failure(&error, file.path)
    }
    var names: [String] = []
    var packed: [String] = []
    var members: [String: Member] = [:]
    do {
      for index in 0..<UInt64(max(zip_get_num_entries(archive, 0), 0)) {
        var stat = zip_stat_t()
        zip_stat_init(&stat)
        guard zip_stat_index(archive, index, 0, &stat) == 0, let bytes = stat.name else {
          throw FileError(path: file.path, problem: "member \(index) of the archive cannot be examined")
        }
        let name = String(cString: bytes)
        names.append(name)
        guard stat.comp_method == UInt16(ZIP_CM_STORE), stat.encryption_method == UInt16(ZIP_EM_NONE) else {
          packed.append(name)
          continue
        }
        guard stat.size == stat.comp_size, stat.size <= UInt64(file.bytes.count),
          members.updateValue(Member(index: index, size: Int(stat.size)), forKey: name) == nil
        else {
          throw FileError(
            path: file.path, problem: "member '\(printable(name))' has an impossible size or is there twice")
        }
      }
    } catch {
      zip_discard(archive)
      throw error
    }
    (self.file, self.archive, self.names, self.packedNames, self.members) = (file, archive, names, packed, members)
  }

  deinit { zip_discard(archive) }

  /// Bytes of a stored member, or nil if there is none of that name.
  func size(of name: String) -> Int? { members[name]?.size }

  /// Fills `target`, which has the member's size, and checks the CRC.
  func read(_ name: String, into target: UnsafeMutableRawBufferPointer) throws {
    guard let member = members[name], target.count == member.size else {
      throw FileError(path: file.path, problem: "member '\(printable(name))' does not have \(target.count) bytes")
    }
    try lock.withLock { _ in
      guard let handle = zip_fopen_index(archive, member.index, 0) else {
        throw failure(name, String(cString: zip_strerror(archive)))
      }
      defer { zip_fclose(handle) }
      var done = 0
      while done < target.count, let base = target.baseAddress {
        let count = zip_fread(handle, base + done, UInt64(target.count - done))
        guard count > 0 else { throw failure(name, String(cString: zip_file_strerror(handle))) }
        done += Int(count)
      }
      // libzip compares the CRC when it is asked for more than there is.
      var beyond: UInt8 = 0
      guard zip_fread(handle, &beyond, 1) == 0 else { throw failure(name, String(cString: zip_file_strerror(handle))) }
    }
  }

  private func failure(_ name: String, _ reason: String) -> FileError {
    FileError(
      path: file.path, problem: "member '\(printable(name))' of the archive is damaged: \(reason)",
      remedy: "copy or download the file again")
  }

  private static func failure(_ error: inout zip_error_t, _ path: String) -> FileError {
    FileError(
      path: path, problem: "is not a whole zip archive: \(String(cString: zip_error_strerror(&error)))",
      remedy: "the file is cut short or damaged: copy or download it again")
  }
}
