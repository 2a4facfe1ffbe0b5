import Foundation

extension KeyFolder {
  enum IfThere {
    case leave, append
    case refuse(RoundName)
  }

  /// Writes a file for its owner alone, and waits until the bytes are on the disk.
  func write(_ bytes: Data, to name: String, ifThere: IfThere) throws(KeyFolderFailure) {
    let file = path + "/" + name
    let descriptor = open(file, flags(ifThere), 0o600)
    guard descriptor >= 0 else {
      switch (ifThere, errno) {
      case (.leave, EEXIST): return
      case (.refuse(let round), EEXIST): throw .alreadyThere(round)
      case (_, let code): throw .notWritten(path: file, code: code)
      }
    }
    defer { _ = Foundation.close(descriptor) }
    guard isWritten(bytes, to: descriptor), fsync(descriptor) == 0 else {
      throw .notWritten(path: file, code: errno)
    }
  }

  /// The bytes of a file; `nil` if there is none.
  func read(_ name: String) throws(KeyFolderFailure) -> Data? {
    let file = path + "/" + name
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .notRead(path: file, code: errno)
    }
    defer { _ = Foundation.close(descriptor) }
    var bytes = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .notRead(path: file, code: errno) }
      guard count > 0 else { return bytes }
      bytes += buffer.prefix(count)
    }
  }

  /// - Returns: whether there was such a file.
  @discardableResult
  func remove(_ name: String) throws(KeyFolderFailure) -> Bool {
    if unlink(path + "/" + name) == 0 { return true }
    guard errno == ENOENT else { throw .notWritten(path: path + "/" + name, code: errno) }
    return false
  }

  /// Waits until the folder's own entries are on the disk.
  func synchronise() throws(KeyFolderFailure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notWritten(path: path, code: errno) }
    defer { _ = Foundation.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .notWritten(path: path, code: errno) }
  }

  private func flags(_ ifThere: IfThere) -> Int32 {
    let always = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    return switch ifThere {
    case .leave, .refuse: always | O_EXCL
    case .append: always | O_APPEND
    }
  }

  private func isWritten(_ bytes: Data, to descriptor: Int32) -> Bool {
    var left = Array(bytes)[...]
    while !left.isEmpty {
      let count = left.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      left = left.dropFirst(count)
    }
    return true
  }
}
