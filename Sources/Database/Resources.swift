import Foundation

/// The folder of data files that a target of this program brings along, beside the program.
///
/// `Bundle.module` stops the program when its folder is missing and has the build folder's path
/// baked in; this looks beside the program only and says what is missing.
public struct Resources: Sendable {
  public let folder: URL

  /// - Parameter target: the target that owns the files.
  /// - Throws: `ResourcesMissing` naming the folder that should be there.
  public init(of target: String) throws {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    folder = program.deletingLastPathComponent().appendingPathComponent("rapport_\(target).resources")
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
    else { throw ResourcesMissing(folder: folder.path) }
  }

  /// The files below the folder with one of these endings, sorted by path.
  public func files(endingIn endings: [String]) throws -> [URL] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    return names.filter { name in endings.contains { name.hasSuffix($0) } }
      .map { folder.appendingPathComponent($0) }
  }
}

/// A folder that belongs beside the program is not there.
public struct ResourcesMissing: Error, CustomStringConvertible {
  public let folder: String
  public var description: String {
    "The folder \(folder) is missing. It belongs beside the program: copy the two together."
  }
}
