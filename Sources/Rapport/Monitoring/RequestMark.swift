/// What the lines about one request have in common.
///
/// Chance, and not the library's running number: the difference of two running numbers would tell how many requests
/// went by without a line in between.
struct RequestMark: Sendable, CustomStringConvertible {
  let description: String

  init() {
    let hex = String(UInt64.random(in: .min ... .max), radix: 16)
    description = String(repeating: "0", count: 16 - hex.utf8.count) + hex
  }
}
