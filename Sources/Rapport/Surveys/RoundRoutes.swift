import Hummingbird
import Partnering

/// A round from its draft to its close, and the page on which somebody answers.
struct RoundRoutes: Sendable {
  let house: House

  var store: RoundStore { house.roundStore }

  func add(to pages: Pages) {
    pages.get("/partnerships/:partnership/rounds", use: list)
    pages.post("/partnerships/:partnership/rounds", use: draft)
    pages.get("/partnerships/:partnership/rounds/new", use: showNew)
    pages.get("/partnerships/:partnership/rounds/:round", use: show)
    pages.get("/partnerships/:partnership/rounds/:round/numbers", use: showNumbers)
    pages.post("/partnerships/:partnership/rounds/:round/numbers", use: changeNumbers)
    pages.post("/partnerships/:partnership/rounds/:round/roll", use: setRoll)
    pages.post("/partnerships/:partnership/rounds/:round/confirmation", use: confirm)
    pages.get("/partnerships/:partnership/rounds/:round/discarding", use: askDiscarding)
    pages.post("/partnerships/:partnership/rounds/:round/discarding", use: discard)
    pages.post("/partnerships/:partnership/rounds/:round/extension", use: extend)
    pages.post("/partnerships/:partnership/rounds/:round/reminder", use: remind)
    pages.get("/partnerships/:partnership/rounds/:round/withdrawal", use: askWithdrawal)
    pages.post("/partnerships/:partnership/rounds/:round/withdrawal", use: withdraw)
    pages.get("/partnerships/:partnership/rounds/:round/restart", use: showRestart)
    pages.post("/partnerships/:partnership/rounds/:round/restart", use: restart)
    pages.get("/partnerships/:partnership/rounds/:round/giving-up", use: askGivingUp)
    pages.post("/partnerships/:partnership/rounds/:round/giving-up", use: giveUp)
    pages.get("/partnerships/:partnership/rounds/:round/room", use: showRoom)
    pages.get("/partnerships/:partnership/rounds/:round/room/state", use: tellRoom)
    pages.get("/partnerships/:partnership/rounds/:round/slips", use: showSlips)
    pages.post("/partnerships/:partnership/rounds/:round/slips", use: printSlips)
    pages.post("/partnerships/:partnership/rounds/:round/slips/handing-out", use: handOutSlips)
    pages.get("/rounds/:round/answer", use: showAnswering)
    pages.get("/rounds/:round/opening", use: sendOpening)
    pages.post("/rounds/:round/credential", use: collect)
    pages.get("/rounds/:round/receipts", use: showReceipts)
  }
}
