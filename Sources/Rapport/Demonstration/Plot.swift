import Partnering

/// The demonstration's story as data: who there is, what they ask each other and how they answer. Everybody is made up.
struct Plot: Sendable {
  let partnerships: [PlotPartnership]

  struct Someone: Sendable {
    let name: String
    let email: String
    let role: Role
  }

  /// A party: its first person leads it. Whoever comes last has not answered the open round yet.
  struct Side: Sendable {
    let name: String
    let hopes: String
    let people: [Someone]
  }

  struct PlotPartnership: Sendable {
    let name, kind, purpose: String
    /// The organisation that the second party belongs to; `nil` for a team, or for a part of the first.
    let otherOrganisation: String?
    var facilitator: Someone?
    let sides: [Side]
    let rounds: [Round]
  }

  struct Round: Sendable {
    /// Days before today; a negative number lies ahead.
    let opens, closes: Int
    /// For each side, in order.
    let moods: [Mood]
    let comments: [String]
    /// For each side, who answers on paper.
    var paper: [Paper] = []
    /// What was made of its report, if anything.
    var talk: Talk?
  }

  /// The slips of one side.
  struct Paper: Sendable {
    let people: [Someone]
    /// How many of them have keyed in; `nil` while the slips are not printed.
    let keyedIn: Int?
  }

  /// The talk about a report.
  struct Talk: Sendable {
    let place: String
    /// False for one that stopped half-way.
    let isHeld: Bool
    var topics: [(by: Someone, text: String)] = []
    let notes: [Note]
    let deeds: [Deed]
    /// What it says came of earlier actions, by their words.
    var reviews: [(what: String, effect: ActionReview.Effect)] = []
    var feast: Feast?
  }

  /// Something that is celebrated on the day of the talk.
  struct Feast: Sendable {
    let what, note, sharedWith: String
    let by: Someone
  }

  struct Note: Sendable {
    let item: Int
    let by: Someone
    let text: String
    /// The weak item that a strength could help.
    var helps: Int?
    var doubt: Doubt?
  }

  /// Somebody thinks that a note is wrong, and is answered.
  struct Doubt: Sendable {
    let by: Someone
    let text: String
    let answeredBy: Someone
    let answer: String
  }

  /// An action that a talk decides.
  struct Deed: Sendable {
    let item: Int
    let what: String
    let by: Someone
    /// The name of the owner on each side; `nil` where one is sought.
    let owners: [String?]
    /// Days from the talk on.
    let due: Int
    /// What became of it, if anything.
    var state: ActionState?
    var because = ""
    var comment: (by: Someone, text: String)?
  }

  /// How one side sees the partnership.
  struct Mood: Sendable {
    /// How many of its people answer.
    let answers: Int
    /// Averages in tenths: of the items about trust, of the others, and of those that stand out.
    let trust, usual: Int
    var items: [Int: Int] = [:]
    /// Items on which one half sees it quite otherwise than the other.
    var divided: Set<Int> = []

    /// What one person says of all items, numbered from 1; now and then nothing.
    func ratings(of person: Int, items count: Int, trusted: Set<Int>) -> [Int?] {
      (1...max(count, 1)).map { item in
        if (person * 7 + item * 5) % 37 == 0 { return nil }
        let place = (person + item * 3) % max(answers, 1)
        if divided.contains(item) { return place % 2 == 0 ? 1 + place / 2 % 2 : 5 - place / 2 % 2 }
        return rating(
          at: place, around: items[item] ?? (trusted.contains(item) ? trust : usual + (item * 3) % 5 - 2), item)
      }
    }

    /// The sum over all people is what the average asks for; every other pair lies a step apart.
    private func rating(at place: Int, around tenths: Int, _ item: Int) -> Int {
      let sum = (tenths * answers + 5) / 10
      let even = sum / max(answers, 1) + (place < sum % max(answers, 1) ? 1 : 0)
      let partner = place % 2 == 0 ? place + 1 : place - 1
      guard partner < answers, (place / 2 + item) % 2 == 0 else { return min(max(even, 1), 5) }
      return min(max(even + (place % 2 == 0 ? 1 : -1), 1), 5)
    }
  }
}

extension Plot {
  static let spaceName = "Northern Coast"
  static let organisation = "Harbour Logistics"
  static let timeZone = "Europe/Berlin"
  /// Everybody's password here: nothing in a demonstration is secret.
  static let password = "demonstration only"
  static let ada = Someone(name: "Ada Petersen", email: "ada.petersen@harbour.example", role: .lead)
  static let jon = Someone(name: "Jon Acker", email: "jon.acker@meadow.example", role: .lead)
  static let rita = Someone(name: "Rita Solano", email: "rita.solano@linden.example", role: .lead)
  static let hedda = Someone(name: "Hedda Voss", email: "hedda.voss@harbour.example", role: .observer)
  static let milo = Someone(name: "Milo Brandt", email: "milo.brandt@linden.example", role: .contributor)
  static let sven = Someone(name: "Sven Iversen", email: "sven.iversen@harbour.example", role: .sponsor)

  /// Has left the harbour; the invitation comes back.
  static let gone = Someone(name: "Otto Thies", email: "otto.thies@former.example", role: .contributor)

  static let nele = Someone(name: "Nele Fuchs", email: "nele.fuchs@meadow.example", role: .observer)
  /// Of the town, where he only looks on; the harbour and the meadows have asked him to lead their talks.
  static let fred = Someone(name: "Fred Amsel", email: "fred.amsel@linden.example", role: .observer)

  static let northernCoast = Plot(partnerships: [coastalRoute, freshToSchool, nightShift, leadership])

  /// Trust that rose; one item on which the parties differ, one on which the people do.
  private static let coastalRoute = PlotPartnership(
    name: "Coastal route", kind: "strategic-alliance",
    purpose: "Bring fresh food from the meadows to every harbour of the coast within a day, and grow by it together.",
    otherOrganisation: "Meadow Foods", facilitator: fred,
    sides: [
      Side(
        name: organisation, hopes: "Full trucks in both directions\nOne partner for the whole coast",
        people: [ada, sven] + crew(10, from: 0, at: "harbour.example")),
      Side(
        name: "Meadow Foods", hopes: "Delivery within a day\nFewer complaints about cold chains",
        people: [jon] + crew(9, from: 10, at: "meadow.example") + [nele]),
    ],
    rounds: [
      Round(
        opens: 414, closes: 400,
        moods: [
          Mood(answers: 10, trust: 30, usual: 36, items: [5: 26, 7: 40, 12: 29]),
          Mood(answers: 8, trust: 27, usual: 34, items: [5: 25, 7: 32, 12: 28]),
        ], comments: ["We hear of changed routes from the drivers, not from each other."]),
      Round(
        opens: 229, closes: 215,
        moods: [
          Mood(answers: 11, trust: 35, usual: 38, items: [5: 27, 7: 41], divided: [12]),
          Mood(answers: 9, trust: 32, usual: 36, items: [5: 26, 7: 29]),
        ], comments: ["The weekly call helps. Please keep it.", "Who decides about new stops? Nobody could tell me."],
        talk: Talk(
          place: "Harbour office, room 2", isHeld: true,
          topics: [(jon, "How we hear of new stops"), (sven, "What the weekly call should be about")],
          notes: [
            Note(item: 5, by: jon, text: "Routes are decided on Fridays, after the weekly call."),
            Note(
              item: 5, by: ada, text: "Drivers tell the news before we do.",
              doubt: Doubt(
                by: sven, text: "Ours do. The drivers of the meadows hear it last.",
                answeredBy: jon, answer: "True. We have no list of who is on the road on which day.")),
            Note(item: 3, by: jon, text: "Whoever sees a problem calls, and nobody asks whose fault it is.", helps: 5),
          ],
          deeds: [
            Deed(
              item: 5, what: "Move the weekly call to Friday afternoon", by: ada, owners: [ada.name, jon.name], due: 40,
              state: .done, because: "Since March we talk after the routes are fixed."),
            Deed(
              item: 5, what: "Send every new stop to both sides the same day", by: jon, owners: [sven.name, jon.name],
              due: 220, state: .doing, comment: (by: jon, text: "We send them, but only on weekdays so far.")),
            Deed(
              item: 5, what: "One board for routes that both sides see", by: ada, owners: [ada.name, nil], due: 90,
              state: .dropped, because: "Two systems that do not talk to each other. Too dear for what it brings."),
          ],
          feast: Feast(
            what: "A summer without a spoiled load",
            note: "Soup from the meadows on the quay, cooked by both drivers' teams.",
            sharedWith: "All drivers, and the harbour's newspaper", by: ada))),
      Round(
        opens: 44, closes: 30,
        moods: [
          Mood(answers: 11, trust: 41, usual: 39, items: [5: 28, 7: 43], divided: [12]),
          Mood(answers: 9, trust: 39, usual: 38, items: [5: 27, 7: 26], divided: [12]),
        ],
        comments: [
          "The first winter without a quarrel about cold chains.",
          "Success is celebrated at the harbour, and we read about it in the newspaper.",
          "I would like to know earlier when a route is about to change.",
        ],
        talk: Talk(
          place: "By video", isHeld: false,
          topics: [(jon, "Why the call on Fridays did not help with news")],
          notes: [
            Note(item: 5, by: jon, text: "The call is on time now, and still new stops are missing in it.")
          ],
          deeds: [
            Deed(
              item: 5, what: "Name one person on each side who passes on new stops", by: jon, owners: [ada.name, nil],
              due: 15)
          ], reviews: [("Move the weekly call to Friday afternoon", .none)])),
    ])

  /// The town sees it quite otherwise than the producer; a round is open.
  private static let freshToSchool = PlotPartnership(
    name: "Fresh to school", kind: "public-private",
    purpose: "Every school kitchen in Linden cooks with food from the region, at a price that families can pay.",
    otherOrganisation: "Town of Linden",
    sides: [
      Side(
        name: "Meadow Foods", hopes: "Steady orders all year\nA name that parents know",
        people: [jon] + crew(7, from: 20, at: "meadow.example")),
      Side(
        name: "Town of Linden", hopes: "Warm meals for every child\nPlain invoices",
        people: [rita] + crew(6, from: 28, at: "linden.example") + [milo, fred]),
    ],
    rounds: [
      Round(
        opens: 292, closes: 278,
        moods: [
          Mood(answers: 7, trust: 38, usual: 39, items: [3: 41, 9: 40]),
          Mood(answers: 7, trust: 29, usual: 33, items: [3: 24, 9: 26, 14: 28]),
        ], comments: ["Deliveries come when lessons begin. Nobody asked the kitchens."]),
      Round(
        opens: 110, closes: 96,
        moods: [
          Mood(answers: 8, trust: 39, usual: 40, items: [3: 42]),
          Mood(answers: 6, trust: 31, usual: 34, items: [3: 25, 14: 29]),
        ], comments: []),
      Round(
        opens: 3, closes: -11,
        moods: [
          Mood(answers: 5, trust: 40, usual: 39), Mood(answers: 4, trust: 34, usual: 35),
        ], comments: [],
        paper: [
          // Jon has not printed his yet; what Rita printed lies in a hat, and one slip has been used.
          Paper(people: crew(1, from: 26, at: "meadow.example"), keyedIn: nil),
          Paper(people: crew(2, from: 32, at: "linden.example"), keyedIn: 1),
        ]),
    ])

  /// Inside one organisation; one side is too small for a split.
  private static let nightShift = PlotPartnership(
    name: "Night shift", kind: "cross-functional",
    purpose: "The systems run at night as the terminal needs them, and nobody is woken without a reason.",
    otherOrganisation: nil,
    sides: [
      Side(
        name: "Terminal", hopes: "Fewer stops at night",
        people: [ada] + crew(6, from: 36, at: "harbour.example")),
      Side(
        name: "Systems", hopes: "Calls that say what is wrong",
        people: [Someone(name: "Tarek Nilsson", email: "tarek.nilsson@harbour.example", role: .lead)]
          + crew(3, from: 44, at: "harbour.example")),
    ],
    rounds: [
      Round(
        opens: 270, closes: 256,
        moods: [
          Mood(answers: 6, trust: 33, usual: 35, items: [10: 27]),
          Mood(answers: 4, trust: 34, usual: 36, items: [10: 28]),
        ], comments: []),
      Round(
        opens: 74, closes: 60,
        moods: [
          Mood(answers: 7, trust: 36, usual: 37, items: [10: 32]),
          Mood(answers: 4, trust: 35, usual: 36, items: [10: 33]),
        ], comments: []),
    ])

  /// A team: one party, whose members say yes one by one.
  private static let leadership = PlotPartnership(
    name: "Harbour leadership", kind: "executive-team",
    purpose: "Lead Harbour Logistics as one team: decide openly, stand by it, and learn from what goes wrong.",
    otherOrganisation: nil,
    sides: [
      Side(name: "Leadership", hopes: "Decisions that last", people: [ada] + crew(7, from: 48, at: "harbour.example"))
    ],
    rounds: [
      Round(
        opens: 204, closes: 190, moods: [Mood(answers: 7, trust: 37, usual: 36, items: [6: 28, 11: 30])], comments: []),
      Round(
        opens: 22, closes: 8, moods: [Mood(answers: 8, trust: 39, usual: 38, items: [6: 33, 11: 29])], comments: []),
    ])

  /// Colleagues with names of their own.
  private static func crew(_ count: Int, from first: Int, at domain: String) -> [Someone] {
    (first..<first + count).map { number in
      let (given, family) = (givenNames[number % givenNames.count], familyNames[(number * 7 + 3) % familyNames.count])
      return Someone(
        name: "\(given) \(family)", email: "\(given).\(family)@\(domain)".lowercased(), role: .contributor)
    }
  }

  private static let givenNames = [
    "Ben", "Carla", "Dario", "Elif", "Finn", "Greta", "Hanno", "Ines", "Jakob", "Kira", "Lars", "Mona", "Nico", "Olga",
    "Pavel", "Quirin", "Rosa", "Samir", "Tilda", "Ulla", "Viktor", "Wanda", "Xenia", "Yusuf", "Zora", "Arne", "Birte",
    "Cem", "Doris", "Emil", "Frieda", "Gustav", "Hilde", "Ivan", "Jette", "Kaspar", "Leni", "Malte", "Nora", "Otto",
    "Paula", "Rolf", "Sonja", "Theo", "Uwe", "Vera", "Willem", "Yara", "Anouk", "Bruno", "Clara", "Dirk", "Edda",
    "Falk",
    "Gina", "Heiko",
  ]
  private static let familyNames = [
    "Adler", "Berg", "Conrad", "Dahl", "Ebert", "Falke", "Gross", "Hansen", "Ibsen", "Jahn", "Krog", "Lund", "Moll",
    "Nagel", "Olsen", "Prinz", "Quist", "Rohde", "Stein", "Thoms", "Ulrich", "Vogel", "Wolff", "Zander",
  ]
}
