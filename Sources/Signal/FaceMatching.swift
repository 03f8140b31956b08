internal import Glibc

/// Assigns detections to tracks: nearest first, and to no track where that is not certain.
enum FaceMatching {
  /// Updates the tracks that were found, ends those that cannot be told apart any more, and returns the detections
  /// that nobody owns (new faces). A face near a track that does not look like it is not its own.
  static func match(
    _ faces: [DetectedFace], to tracks: inout [FaceTrack], at time: Instant, policy: FaceFollowingPolicy,
    signature: (PixelBox) -> [Float]
  ) -> [DetectedFace] {
    var owner = [Int?](repeating: nil, count: faces.count)
    var found = [Bool](repeating: false, count: tracks.count)
    var lost = Set<Int>()
    var refused = Set<Int>()
    // Tracks seen at the last look go first: one that is hidden right now must not take the face that hides it.
    for fresh in [true, false] {
      var pairs: [(distance: Double, face: Int, track: Int)] = []
      for t in tracks.indices where tracks[t].isFresh == fresh && !found[t] {
        for f in faces.indices where owner[f] == nil {
          guard let d = distance(tracks[t].place, faces[f].box, policy) else { continue }
          var moved = tracks[t]
          moved.update(faces[f], at: time, policy: policy)
          if tracks[t].admits(signature(moved.box.widened(by: policy.signatureWidth)), policy: policy) {
            pairs.append((d, f, t))
          } else {
            refused.insert(t)
          }
        }
      }
      pairs.sort { ($0.distance, $0.face, $0.track) < ($1.distance, $1.face, $1.track) }
      for (d, f, t) in pairs where owner[f] == nil && !found[t] && !lost.contains(t) {
        let rival = pairs.first {
          $0.face == f && $0.track != t && !found[$0.track] && $0.distance < d + policy.ambiguity
        }
        // A track that has a nearer detection of its own is no rival.
        if let rival,
          !pairs.contains(where: { $0.track == rival.track && $0.face != f && $0.distance < rival.distance })
        {
          lost.formUnion([t, rival.track])
          continue
        }
        (owner[f], found[t]) = (t, true)
      }
    }
    for (f, t) in owner.enumerated() {
      if let t { tracks[t].update(faces[f], at: time, policy: policy) }
    }
    for t in tracks.indices where !found[t] {
      tracks[t].isFresh = false
      // Somebody is near who does not look like this one: its held box would show them.
      if refused.contains(t) { tracks[t].isInterrupted = true }
      // Someone else stands where this one was: whoever appears there next may be either.
      if faces.contains(where: { $0.box.isSamePlace(tracks[t].place) }) { lost.insert(t) }
    }
    tracks = tracks.indices.filter { !lost.contains($0) }.map { tracks[$0] }
    return faces.indices.filter { owner[$0] == nil }.map { faces[$0] }
  }

  /// Distance of centres in box widths; nil: cannot be the same face.
  private static func distance(_ a: PixelBox, _ b: PixelBox, _ policy: FaceFollowingPolicy) -> Double? {
    let ratio = a.width / b.width
    guard ratio < policy.matchScale, ratio > 1 / policy.matchScale else { return nil }
    let d = hypot(a.centerX - b.centerX, a.centerY - b.centerY) / max(a.width, b.width)
    return d < policy.matchDistance ? d : nil
  }
}
