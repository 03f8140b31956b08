/// The pose of a face at one instant: action units of the Facial Action Coding System, mouth shape of speech, gaze, head.
///
/// Units are 0 (rest) to 1 (as far as a drawn face goes); between them the drawing changes smoothly.
public struct FacePose: Hashable, Sendable {
  /// AU1 and AU2: inner and outer brow raised.
  public var innerBrowRaise = 0.0, outerBrowRaise = 0.0
  /// AU4: brows lowered and drawn together.
  public var browLower = 0.0
  /// AU5 and AU7: upper lid raised, lids tightened.
  public var upperLidRaise = 0.0, lidTighten = 0.0
  /// AU6: cheeks raised.
  public var cheekRaise = 0.0
  /// AU9: nose wrinkled.
  public var noseWrinkle = 0.0
  /// AU10: upper lip raised.
  public var upperLipRaise = 0.0
  /// AU12 and AU15: corners of the mouth pulled up, pulled down.
  public var lipCornerPull = 0.0, lipCornerDepress = 0.0
  /// AU20: lips stretched.
  public var lipStretch = 0.0
  /// AU24: lips pressed.
  public var lipPress = 0.0
  /// AU26: jaw dropped.
  public var jawDrop = 0.0
  /// The viseme's own opening and rounding of the lips, added to the above.
  public var mouthOpen = 0.0, mouthRound = 0.0
  /// 1: both eyes closed.
  public var blink = 0.0
  /// Where the eyes look, −1 to 1; right and down are positive, as seen in the picture.
  public var gazeX = 0.0, gazeY = 0.0
  /// The head's turn in degrees: yaw to the right of the picture, pitch down, roll clockwise.
  public var yaw = 0.0, pitch = 0.0, roll = 0.0
  /// How far a sheet of paper is held up before the face; from about a half no detector finds it.
  public var cover = 0.0

  public init() {}
}
