internal import Signal

/// Does the searches that `FaceFollower` asks for, on decoded pictures.
final class FaceLooker {
  private let converter: PictureConverter
  private let detector: FaceDetector
  private let landmarks: LandmarkModel?
  private let path: String

  /// A near search knows the face's size: the detector's 80, 96, 115 and 138 px are 0.7 to 1.25 of `nearFace`, and more
  /// sizes would cost a fifth more. A face that has grown further is found by the search of the whole picture after a miss.
  private static let nearLevels: Int32 = 4

  init(_ converter: PictureConverter, landmarks: LandmarkModel?, path: String) throws {
    (self.converter, self.landmarks, self.path) = (converter, landmarks, path)
    detector = try FaceDetector()
  }

  /// What a search finds, best first; with eyes if there is a landmark model.
  func look(_ picture: Picture, _ search: FaceSearch) throws -> [DetectedFace] {
    var faces: [DetectedFace]
    switch search {
    case .whole(let width):
      let all = PixelBox(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
      faces = try find(picture, all, scale: Double(width) / all.width)
    case .near(let region, let scale): faces = try find(picture, region, scale: scale, levels: Self.nearLevels)
    }
    if let landmarks {
      for i in faces.indices { faces[i].eyes = try eyes(picture, faces[i].box, landmarks) }
    }
    return faces
  }

  private func find(
    _ picture: Picture, _ region: PixelBox, scale: Double, levels: Int32? = nil
  ) throws -> [DetectedFace] {
    guard let gray = try converter.gray(picture, region: region, scale: scale) else { return [] }
    return try detector.find(gray, levels: levels, path: path)
  }

  /// Landmarks at a scale of their own: dlib rounds them to pixels, so the face is made 220 px wide.
  private func eyes(_ picture: Picture, _ box: PixelBox, _ landmarks: LandmarkModel) throws -> EyePair? {
    let margin = 0.3 * box.width
    let region = PixelBox(
      x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin)
    guard let gray = try converter.gray(picture, region: region, scale: 220 / box.width) else { return nil }
    return try landmarks.eyes(in: gray, box: box)
  }
}
