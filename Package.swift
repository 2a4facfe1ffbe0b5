// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "rapport",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "rapport", targets: ["RapportCommand"])
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "Partnering"),
    .target(name: "CBlindSigning", linkerSettings: [.linkedLibrary("crypto")]),
    .target(
      name: "Ballots",
      dependencies: [
        "CBlindSigning",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(
      name: "Database",
      dependencies: ["CPostgres", .product(name: "GRDB", package: "GRDB.swift")],
      resources: [.copy("Migrations")]),
    .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CGDOnDemand", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CGD", pkgConfig: "gdlib", providers: [.apt(["libgd-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .target(
      name: "Rapport",
      dependencies: [
        "Partnering", "Ballots", "Database", "CArgon2", "CCurl", "CGDOnDemand", "CQRCode",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [
        .copy("Actions/ActionViews"),
        .copy("Application/ApplicationViews"),
        .copy("Assessment/AssessmentViews"),
        .copy("Calendars/CalendarViews"),
        .copy("Celebrations/CelebrationViews"),
        .copy("Demonstration/DemonstrationViews"),
        .copy("Design/DesignAssets"),
        .copy("Design/DesignViews"),
        .copy("Discussions/DiscussionViews"),
        .copy("Home/HomeViews"),
        .copy("Mail/MailViews"),
        .copy("Partnerships/PartnershipViews"),
        .copy("Explanations/ExplanationViews"),
        .copy("People/PeopleViews"),
        .copy("Surveys/Instruments"),
        .copy("Surveys/SurveyViews"),
      ]),
    .executableTarget(
      name: "RapportCommand",
      dependencies: [
        "Ballots", "Database", "Partnering", "Rapport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(name: "Load", path: "Benchmarks/Load"),
    .executableTarget(
      name: "Limits",
      dependencies: ["Ballots", "Database", "Partnering", "Rapport", .product(name: "Logging", package: "swift-log")],
      path: "Benchmarks/Limits"),
    .testTarget(name: "PartneringTests", dependencies: ["Partnering"], exclude: ["Vectors"]),
    .testTarget(name: "BallotsTests", dependencies: ["Ballots"]),
    .target(name: "Engines", dependencies: ["Database"], path: "Tests/Engines"),
    .testTarget(name: "DatabaseTests", dependencies: ["Database", "Engines"]),
    .testTarget(
      name: "RapportTests",
      dependencies: [
        "Rapport", "CGD", "CGDOnDemand", "Engines",
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Mustache", package: "swift-mustache"),
      ]),
    .testTarget(name: "RapportCommandTests", dependencies: ["RapportCommand", "Rapport", "Partnering"]),
  ],
  swiftLanguageModes: [.v6]
)
