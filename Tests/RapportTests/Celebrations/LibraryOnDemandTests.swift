import CGDOnDemand
import Testing

struct LibraryOnDemandTests {
  @Test(arguments: ["libgd.so.3": 1, "libgd-that-is-not-there.so": 0, "libz.so.1": 0])
  func `only a library that is there and has every function is taken`(library: String, taken: Int32) {
    let functions = UnsafeMutablePointer<gd_functions>.allocate(capacity: 1)
    defer { functions.deallocate() }
    #expect(gd_load(library, functions) == taken)
  }
}
