import Foundation

/// Some clients, each with one request under way at a time, until everything is sent or the time is over.
struct Run {
  let port: UInt16
  let clients: Int
  let scripts: Scripts
  let seconds: Double?

  struct Outcome {
    var whole: [UInt64] = []
    /// When each of these ended, since the run began.
    var ends: [UInt64] = []
    var begun = Date()
    /// By the request's place in its script.
    var steps: [[UInt64]] = []
    var refused = 0
    var statuses: [Int: Int] = [:]
    var bytes = 0
    var nanoseconds: UInt64 = 0
  }

  func finish() throws -> Outcome {
    var outcome = Outcome()
    var next = 0
    let begun = now()
    outcome.begun = Date()
    let end = seconds.map { begun + UInt64($0 * 1e9) } ?? .max
    func script() -> Script? {
      switch scripts {
      case .each(let scripts):
        guard next < scripts.count, now() < end else { return nil }
        next += 1
        return scripts[next - 1]
      case .again(let script): return now() < end ? script : nil
      }
    }
    // Collecting and answering go over connections of their own, as in a browser.
    let steps =
      switch scripts {
      case .each(let scripts): scripts.first?.requests.count ?? 1
      case .again: 1
      }
    outcome.steps = Array(repeating: [], count: steps)
    var active = try (0..<clients).compactMap { _ in
      try script().map {
        Client(script: $0, connections: try (0..<steps).map { _ in try Connection(port: port) }, at: now())
      }
    }
    for client in active.indices { try active[client].send() }
    while !active.isEmpty {
      var waiting = active.map { pollfd(fd: $0.connection.descriptor, events: Int16(POLLIN), revents: 0) }
      guard poll(&waiting, nfds_t(waiting.count), 20_000) > 0 else { throw Failure.silent }
      for (place, found) in waiting.enumerated().reversed() where found.revents != 0 {
        guard let reply = try active[place].receive() else { continue }
        let moment = now()
        outcome.bytes += reply.bytes
        outcome.statuses[reply.status, default: 0] += 1
        outcome.steps[active[place].step].append(moment - active[place].stepBegun)
        if reply.status != 200 { outcome.refused += 1 }
        if reply.status == 200, active[place].goOn(at: moment) {
          try active[place].send()
        } else {
          if reply.status == 200 {
            outcome.whole.append(moment - active[place].begun)
            outcome.ends.append(moment - begun)
          }
          guard let following = script() else {
            active.remove(at: place)
            continue
          }
          active[place].begin(following, at: now())
          try active[place].send()
        }
      }
    }
    outcome.nanoseconds = now() - begun
    return outcome
  }

  enum Failure: Error {
    case silent, closed
    case system(Int32)
  }
}

func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

extension Run.Outcome {
  /// A line for each: its end in Unix seconds, and milliseconds. Whoever reads it can look at any part of the run.
  var times: String {
    zip(ends, whole).map { end, time in
      let moment = begun.timeIntervalSince1970 + Double(end) / 1e9
      return "\(rounded(moment)) \(rounded(Double(time) / 1e6))\n"
    }.joined()
  }

  var json: String {
    let seconds = Double(nanoseconds) / 1e9
    var fields = [
      #""done":\#(whole.count)"#, #""refused":\#(refused)"#, #""seconds":\#(rounded(seconds))"#,
      #""per_second":\#(rounded(Double(whole.count) / seconds))"#,
      #""bytes_per_reply":\#(bytes / max(1, whole.count + refused))"#,
      #""statuses":{\#(statuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"#,
    ]
    fields += Self.spread(of: whole).map { #""\#($0.0)":\#(rounded($0.1))"# }
    for (place, step) in steps.enumerated() where steps.count > 1 {
      let spread = Self.spread(of: step).map { #""\#($0.0)":\#(rounded($0.1))"# }.joined(separator: ",")
      fields.append(#""step_\#(place + 1)":{\#(spread)}"#)
    }
    return "{\(fields.joined(separator: ","))}"
  }

  /// In milliseconds.
  private static func spread(of times: [UInt64]) -> [(String, Double)] {
    let sorted = times.sorted()
    func at(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
    }
    return [("p50", at(0.5)), ("p99", at(0.99)), ("max", at(1))]
  }

  private func rounded(_ number: Double) -> String { String(format: "%.3f", number) }
}
