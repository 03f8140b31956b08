public import Drawing

/// Who is drawn: everything that stays the same while a face moves.
///
/// Shapes are factors of a mean face (1) or shares from 0 to 1; colours are sRGB from 0 to 1.
public struct FaceLook: Hashable, Sendable {
  /// How the hair is drawn.
  public enum HairStyle: Int, CaseIterable, Sendable { case bald, short, parted, curly, long, bun }
  /// The shape of the glasses, if there are any.
  public enum Glasses: Int, CaseIterable, Sendable { case none, round, square }
  /// How the beard is drawn, if there is one.
  public enum Beard: Int, CaseIterable, Sendable { case none, stubble, moustache, full }

  public var skin = Ink(0.87, 0.68, 0.56), hair = Ink(0.25, 0.17, 0.11), iris = Ink(0.33, 0.24, 0.15)
  public var clothes = Ink(0.3, 0.35, 0.5)
  /// Width and length of the face, width of the jaw.
  public var faceWidth = 1.0, faceLength = 1.0, jawWidth = 1.0
  public var eyeSize = 1.0, eyeDistance = 1.0, browThickness = 1.0, browHeight = 1.0
  public var noseLength = 1.0, noseWidth = 1.0, mouthWidth = 1.0, lipFullness = 1.0
  public var hairStyle = HairStyle.short, glasses = Glasses.none, beard = Beard.none
  /// 0 young, 1 old: folds beside the mouth, bags, grey in the hair.
  public var age = 0.3

  public init() {}
}

/// Where a face stands and how it is lit and filmed.
public struct FaceScene: Hashable, Sendable {
  /// What is behind the head.
  public enum Backdrop: Int, CaseIterable, Sendable { case plain, gradient, shelves, window }

  public var backdrop = Backdrop.plain
  public var wall = Ink(0.75, 0.77, 0.8)
  /// The centre between the eyes, in shares of the picture's width and height.
  public var centreX = 0.5, centreY = 0.45
  /// Distance between the eyes' centres in shares of the picture's width.
  public var scale = 0.14
  /// Light from −1 (left) to 1 (right), how strong its shade is, overall brightness, and warmth (0: neutral).
  public var lightX = 0.3, contrast = 0.4, brightness = 1.0, warmth = 0.0
  /// Standard deviation of the camera's noise, in grey levels of 255.
  public var noise = 2.0

  public init() {}
}
