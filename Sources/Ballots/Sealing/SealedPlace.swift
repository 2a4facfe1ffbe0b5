/// What a sealed value is about. The raw values are those of the database.
public enum SealedKind: String, Sendable, Hashable, CaseIterable {
  /// Who collected: hash of the person, hash of the blinded value.
  case collected
  /// Hash of the serial, number of the send, ratings.
  case ratings
  /// Hash of the serial, comment.
  case comments
  /// The receipts, tied to nothing.
  case receipts
  /// Hash of a slip's code, what became of it; hash of a party's sheet, whether it was handed out.
  case slips
  /// The private key of a segment.
  case keys

  /// The bytes that every entry of this kind carries beside its hash, used or not.
  var payloadSize: Int {
    switch self {
    case .collected: Hash256.byteCount
    case .ratings: BallotRecord.byteCount
    case .comments: CommentRecord.byteCount
    case .receipts, .keys: 0
    case .slips: SlipRecord.byteCount
    }
  }
}

/// Where a sealed value belongs: the row it is kept in, and what its encryption is bound to.
public struct SealedPlace: Sendable, Hashable {
  public let kind: SealedKind
  /// From 0, in the order of the opening document.
  public let segment: Int
  /// From 0 to less than the number of buckets of the segment.
  public let bucket: Int
  /// From 0; page 0 is there from the opening on.
  public let page: Int

  public init(kind: SealedKind, segment: Int, bucket: Int, page: Int) {
    (self.kind, self.segment, self.bucket, self.page) = (kind, segment, bucket, page)
  }

  /// The first page of the same bucket.
  public var firstPage: SealedPlace { SealedPlace(kind: kind, segment: segment, bucket: bucket, page: 0) }

  /// Where the private key of a segment is kept.
  public static func key(ofSegment segment: Int) -> SealedPlace {
    SealedPlace(kind: .keys, segment: segment, bucket: 0, page: 0)
  }

  /// What the encryption is bound to, so that no value can be moved to another place or round.
  func associatedData(in round: RoundName) -> [UInt8] {
    ["rapport sealed value", round.text, kind.rawValue].flatMap { Array($0.utf8) + [0] }
      + [segment, bucket, page].flatMap { Int64($0).bigEndianBytes }
  }
}

/// A round as this module and its files know it: the text of its id.
public struct RoundName: Sendable, Hashable {
  public let text: String

  /// `nil` unless `text` is 1 to 64 small letters, digits and hyphens, so that it is safe as a file's name.
  public init?(_ text: some StringProtocol) {
    let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-".utf8
    guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(allowed.contains) else { return nil }
    self.text = String(text)
  }
}
