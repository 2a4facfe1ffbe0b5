/// Which buckets an act needs, each named by its first page: for whoever loads a part of an open round.
extension SealedRound {
  /// What ``collect(person:blinded:segment:)`` looks at and changes.
  public func bucketsForCollecting(person: Hash256, segment: Int) -> Set<SealedPlace> {
    place(.collected, of: person, segment).map { [$0] } ?? []
  }

  /// What ``answer(_:by:segment:)`` looks at and changes.
  public func bucketsForAnswer(_ answer: Answer, by credential: VerifiedCredential, segment: Int) -> Set<SealedPlace> {
    let serial = credential.serial.hash
    let places = [place(.slips, of: serial, segment)] + ballot(answer, serial, segment)
    return Set(places.compactMap(\.self))
  }

  /// What ``answer(_:slip:serial:)`` looks at and changes: which segment a slip is of, only the slips tell.
  public func bucketsForAnswer(_ answer: Answer, slip code: Hash256, serial: Serial) -> Set<SealedPlace> {
    Set(segments.indices.flatMap { [place(.slips, of: code, $0)] + ballot(answer, serial.hash, $0) }.compactMap(\.self))
  }

  /// What printing or handing out a sheet of slips looks at and changes.
  public func bucketsForSheet(segment: Int) -> Set<SealedPlace> {
    guard segments.indices.contains(segment) else { return [] }
    return Set(
      (0..<segments[segment].layout.buckets).map {
        SealedPlace(kind: .slips, segment: segment, bucket: $0, page: 0)
      })
  }

  private func ballot(_ answer: Answer, _ serial: Hash256, _ segment: Int) -> [SealedPlace?] {
    [
      place(.ratings, of: serial, segment), place(.comments, of: serial, segment),
      place(.receipts, of: Hash256(receipt: answer.receipt), segment),
    ]
  }

  private func place(_ kind: SealedKind, of hash: Hash256, _ segment: Int) -> SealedPlace? {
    guard segments.indices.contains(segment) else { return nil }
    return SealedPlace(kind: kind, segment: segment, bucket: segments[segment].layout.bucket(of: hash), page: 0)
  }
}
