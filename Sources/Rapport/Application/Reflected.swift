import Mustache
import NIOConcurrencyHelpers

/// A page's struct as a template reads it, field by field. The library would look at all fields for each name, and again for
/// each struct around it; here the places of a type's fields are found once, and each field is read once.
final class Reflected: MustacheParent, CustomStringConvertible {
  private let value: Any
  private let fields: Mirror.Children
  private let places: [String: Int]
  private var read: [String: Any?] = [:]

  private init(_ value: Any, _ mirror: Mirror) {
    self.value = value
    fields = mirror.children
    places = Self.places(of: type(of: value), mirror)
  }

  /// Structs are wrapped, on their own and in arrays; all else is as it was, and `nil` for an empty optional.
  static func wrap(_ value: Any) -> Any? {
    switch value {
    case is String, is Bool, is Int, is Double, is any MustacheParent, is any MustacheCustomRenderable,
      is any MustacheCustomRepresentation:
      return value
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.flatMap { wrap($0.value) }
    case .collection: return mirror.children.compactMap { wrap($0.value) }
    case .struct: return Reflected(value, mirror)
    default: return value
    }
  }

  func child(named name: String) -> Any? {
    guard let place = places[name] else { return nil }
    if let before = read[name] { return before }
    let found = Self.wrap(fields[fields.index(fields.startIndex, offsetBy: place)].value)
    read[name] = .some(found)
    return found
  }

  var description: String { String(describing: value) }

  private static let known = NIOLockedValueBox<[ObjectIdentifier: [String: Int]]>([:])

  private static func places(of type: Any.Type, _ mirror: Mirror) -> [String: Int] {
    let id = ObjectIdentifier(type)
    if let places = known.withLockedValue({ known in known[id] }) { return places }
    var places: [String: Int] = [:]
    for (place, field) in mirror.children.enumerated() { field.label.map { places[$0] = place } }
    let found = places
    known.withLockedValue { known in known[id] = found }
    return found
  }
}
