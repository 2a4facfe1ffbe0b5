import Testing

@testable import Rapport

@Suite struct FragmentTests {
  @Test func `a part of a page is rendered again only when something in it has changed, in each place`() {
    let fragments = Fragments()
    var rendered: [String] = []
    func html(_ content: [String], at place: String) -> String {
      fragments.html(of: content, at: place) {
        rendered.append(place)
        return content.joined()
      }
    }
    #expect(html(["a", "b"], at: "en /one") == "ab")
    #expect(html(["a", "b"], at: "en /one") == "ab")
    #expect(html(["a", "b"], at: "de /one") == "ab")
    #expect(html(["a", "c"], at: "en /one") == "ac")
    #expect(html(["a", "b"], at: "en /one") == "ab")
    #expect(rendered == ["en /one", "de /one", "en /one", "en /one"])
  }

  @Test func `of many parts the longest unused are forgotten`() {
    let fragments = Fragments()
    var rendered = 0
    func look(at place: Int) {
      _ = fragments.html(of: place, at: "\(place)") {
        rendered += 1
        return ""
      }
    }
    for place in 0..<Fragments.most { look(at: place) }
    look(at: 0)
    look(at: Fragments.most)
    rendered = 0
    look(at: 0)
    #expect(rendered == 0)
    look(at: 1)
    #expect(rendered == 1)
  }

  struct Page: Sendable {
    struct Row: Sendable {
      let name: String
      let note: String?
    }
    let title: String
    let rows: [Row]
    let last: Row?
    let isLong: Bool
    let empty: [String]
  }

  @Test func `a template reads a struct's fields, on their own, in optionals and in lists`() throws {
    let template = """
      {{title}}:{{#rows}}[{{.name}}{{#.note}} ({{.}}){{/.note}}{{^.note}} -{{/.note}}]{{/rows}}\
      {{#last}}{{name}}{{/last}}{{^isLong}} short{{/isLong}}{{^empty(empty)}}!{{/empty(empty)}}{{none}}
      """
    let templates = try Templates(files: [("page", template)])
    let rows = [Page.Row(name: "<a>", note: "b"), Page.Row(name: "c", note: nil)]
    let full = Page(title: "T", rows: rows, last: rows[1], isLong: false, empty: [])
    #expect(try templates.render("page", with: full) == "T:[&lt;a&gt; (b)][c -]c short")
    let bare = Page(title: "T", rows: [], last: nil, isLong: true, empty: ["x"])
    #expect(try templates.render("page", with: bare) == "T:!")
  }
}
