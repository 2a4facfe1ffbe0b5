import ArgumentParser
import Foundation
import Rapport

/// `rapport doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say why an installation cannot start, and what to do.",
    discussion: """
      Looks at the program's files, the address, the folder, the database and the keys of open rounds, and changes \
      nothing. Give it the options that you give to "rapport serve". The exit status is 0 if all is well, else 78.
      """)

  @OptionGroup var flags: ServerFlags

  func run() async throws {
    try await reporting {
      let settings = try Settings(flags.all)
      let (host, port) = try settings.listen()
      // A server would not start with these either; the address is looked at below.
      _ = (try settings.mail(), try settings.metricsToken(), try settings.log())
      let doctor = Doctor(
        data: settings.folder, keys: settings.keys, database: try settings.database(), baseURL: settings.base,
        host: host, port: port, now: Clock.system.now)
      let findings = await doctor.examine()
      for finding in findings { print(finding.line) }
      if findings.contains(where: \.isProblem) { throw ExitCode(Failing.configuration) }
    }
  }
}

extension Finding {
  var isProblem: Bool { if case .problem = state { true } else { false } }

  /// `ok       database   sound`
  var line: String {
    switch state {
    case .good(let detail): "ok       \(check.label)\(detail.map { " (\($0))" } ?? "")"
    case .skipped: "-        \(check.label): not looked at"
    case .problem(let problem): "problem  \(check.label): \(problem.sentence)"
    case .caution(let caution): "note     \(check.label): \(caution.sentence)"
    }
  }
}

extension Check {
  fileprivate var label: String {
    switch self {
    case .program: "files beside the program"
    case .passwords: "password hashing"
    case .clock: "clock"
    case .address: "base URL"
    case .port: "port"
    case .folder: "data folder"
    case .lock: "lock of the folder"
    case .space: "free space"
    case .sqlite: "SQLite"
    case .server: "PostgreSQL"
    case .durability: "durability"
    case .replication: "synchronous standbys"
    case .database: "database"
    case .schema: "schema"
    case .keys: "keys of open rounds"
    }
  }
}

/// The command that a damaged database needs, as it is typed.
let restoring = "rapport restore --from BACKUP --data NEW-FOLDER"
extension Caution {
  fileprivate var sentence: String {
    switch self {
    case .noStandby: "none. If this server is lost, so is everything since the last backup."
    case .replicationBehind:
      "none. A standby follows, but PostgreSQL does not wait for it: if it takes over, it lacks what was acknowledged last. Set synchronous_standby_names."
    case .standbysHidden:
      "cannot be seen by this user. In PostgreSQL: GRANT pg_read_all_stats TO the user that Rapport signs in with."
    }
  }
}

extension Problem {
  /// What is wrong, then what to do.
  fileprivate var sentence: String {
    switch self {
    case .filesMissing(let what):
      "missing or unreadable: \(what). Copy the program together with its *.resources folders."
    case .passwordsFail: "the argon2 library does not work. Install libargon2-1 again."
    case .clockBehind(let hours): "\(hours) hours behind the newest record. Set the clock, or rounds close late."
    case .clockUnset(let year): "it says \(year). Set the clock."
    case .addressUnusable:
      "no address. Give --base-url a scheme and a host, such as https://rapport.example, without a path."
    case .addressWithoutRounds:
      "neither https nor this machine, so no round can open. Put https before Rapport and give that address as --base-url."
    case .portTaken(let address):
      "\(address) cannot be used. Stop the program that has it, or choose another with --listen."
    case .folderNotWritable: "cannot be written. Give it to the user that runs Rapport (chown)."
    case .folderOpenToOthers(let mode): "others on this machine may look into it (mode \(mode)). Run: chmod 700 on it."
    case .lockUnusable: "the file \"lock\" belongs to somebody else. Give it to the user that runs Rapport (chown)."
    case .littleSpace(let megabytes): "only \(megabytes) MB. Make room before answers are refused."
    case .sqliteTooOld(let version): "version \(version) is too old. Install libsqlite3-0 of version 3.35 or later."
    case .databaseDamaged(let complaint):
      "damaged (\(complaint)). Keep the folder, and restore the newest backup into a new one: \(restoring)"
    case .recordsAltered(let complaint):
      "altered (\(complaint)). No figure of it is shown. Restore the newest backup into an empty database, and compare."
    case .databaseForeign:
      "rapport.sqlite belongs to another program. Put the right file there, or restore a backup: \(restoring)"
    case .databaseIsBackup:
      "rapport.sqlite is a backup. Move it out of the folder, and restore it into a new one: \(restoring)"
    case .databaseUnreadable(let reason):
      "cannot be read (\(reason)). Give its files to the user that runs Rapport (chown)."
    case .serverUnreachable(let reason): "cannot be reached (\(reason)). Start it, or correct --database."
    case .otherEncoding(let encoding):
      "the database's encoding is \(encoding). Make one with: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
    case .notDurable: "fsync or full_page_writes is off, so that a power cut loses answers. Turn both on."
    case .standbyGone:
      "PostgreSQL waits for one that does not follow, so nothing is acknowledged. Start the standby, or set synchronous_standby_names = '' until it is back."
    case .newerSchema(let found, let known):
      "written by a newer Rapport (schema \(found), this one knows \(known)). Install that version, or a later one."
    case .changedSchema(let step): "step \(step) is not the one this program has. Install the edition that made it."
    case .keysMissing(let rounds):
      "\(rounds) missing. These rounds will be interrupted at the start; put the files back into keys/ if you have them."
    case .keysUnusable(let folder):
      "\(folder) cannot be used. It must be a folder that the user that runs Rapport may write to (chown)."
    case .keysOfAnother(let folder):
      "the database belongs to another folder of keys than \(folder). Name the right one with --keys; only if it is lost for good: rapport adopt-keys."
    }
  }
}
