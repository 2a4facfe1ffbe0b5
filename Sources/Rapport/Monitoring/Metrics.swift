import Database
import Foundation
import Partnering

extension House {
  /// The metrics as Prometheus reads them. docs/operating.md says what is among them, and why no more.
  func metrics() async -> String {
    var text = MetricsText()
    let readiness = await readiness()
    text.gauge(
      "rapport_ready", "Whether the database answers, with this program's schema.", readiness == .ready ? 1 : 0)
    text.gauge("process_start_time_seconds", "When the program started, in Unix time.", startedAt.milliseconds / 1_000)
    if let memory = ProcessMemory.resident {
      text.gauge("process_resident_memory_bytes", "Memory in use, in whole 16 MiB.", memory)
    }
    if let free = freeBytes {
      text.gauge("rapport_data_free_bytes", "Room on the data folder's disk, in whole 16 MiB.", free)
    }
    let counts = meter.counts
    text.durations(counts.pages)
    text.failures(counts.failures)
    if let stored = try? await MonitoringStore(database: database).counts(at: clock.now) {
      text.gauge("rapport_rounds_overdue", "Open rounds that should have closed a minute ago.", Int64(stored.overdue))
      if mailer != nil {
        text.gauge("rapport_mail_waiting", "Messages that wait to be mailed.", Int64(stored.waiting))
        text.gauge("rapport_mail_bounced", "Messages that came back and were not handed over.", Int64(stored.bounced))
      }
    }
    return text.text
  }

  private var freeBytes: Int64? {
    let free =
      try? FileManager.default.attributesOfFileSystem(forPath: configuration.data.path)[.systemFreeSize] as? Int64
    return free?.coarse
  }
}

extension Int64 {
  /// In steps that one answer's few kilobytes seldom cross, and that say nothing when they are.
  fileprivate var coarse: Int64 { self / 16_777_216 * 16_777_216 }
}

/// The text format of Prometheus, version 0.0.4.
private struct MetricsText {
  private(set) var text = ""

  mutating func gauge(_ name: String, _ help: String, _ value: Int64) {
    head(name, help, "gauge")
    text += "\(name) \(value)\n"
  }

  mutating func durations(_ pages: [Int: Meter.Durations]) {
    let name = "rapport_page_duration_seconds"
    head(name, "How long pages took, but for those on the way to an answer.", "histogram")
    for (digit, durations) in pages.sorted(by: { $0.key < $1.key }) {
      let status = "status=\"\(digit)xx\""
      for (limit, count) in zip(Meter.Durations.limits, durations.within) {
        text += "\(name)_bucket{\(status),le=\"\(limit)\"} \(count)\n"
      }
      text += "\(name)_bucket{\(status),le=\"+Inf\"} \(durations.count)\n"
      text += "\(name)_sum{\(status)} \(durations.sum)\n\(name)_count{\(status)} \(durations.count)\n"
    }
  }

  mutating func failures(_ failures: [ScheduledWork: Int]) {
    let name = "rapport_scheduled_work_failures_total"
    head(name, "How often work that Rapport does by itself failed.", "counter")
    for (work, count) in failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text += "\(name){work=\"\(work.rawValue)\"} \(count)\n"
    }
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }
}

private enum ProcessMemory {
  /// `nil` where the system does not say.
  static var resident: Int64? {
    guard let fields = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " "),
      fields.count > 1,
      let pages = Int64(fields[1])
    else { return nil }
    return (pages * Int64(sysconf(Int32(_SC_PAGESIZE)))).coarse
  }
}

/// What the metrics ask the database: numbers of what is late or stuck.
private struct MonitoringStore {
  let database: any Database

  func counts(at now: Instant) async throws -> (overdue: Int, waiting: Int, bounced: Int) {
    try await database.read { connection in
      let overdue = try connection.first(
        "SELECT COUNT(*) AS rounds FROM round WHERE state = 'open' AND closes_at < $1", [.instant(now - .minutes(1))])
      let waiting = try connection.first(
        "SELECT COUNT(*) AS messages FROM message WHERE mail_state = 'waiting' AND shown_at IS NULL", [])
      let bounced = try connection.first(
        "SELECT COUNT(*) AS messages FROM message WHERE mail_state = 'bounced' AND shown_at IS NULL", [])
      return (
        try overdue?.int("rounds") ?? 0, try waiting?.int("messages") ?? 0, try bounced?.int("messages") ?? 0
      )
    }
  }
}
