/// A drawn picture: row-major, three bytes (red, green, blue) a pixel.
public struct FacePicture: Hashable, Sendable {
  public let width, height: Int
  public var rgb: [UInt8]
}

/// Draws a person from the shoulders up before a backdrop.
///
/// The same arguments and the same generator give the same bytes.
/// - Parameter noise: where the camera's noise comes from; not asked if `scene.noise` is 0.
/// - Throws: `DrawingError`, if Cairo is out of memory.
public func drawFace(
  _ look: FaceLook, _ pose: FacePose, in scene: FaceScene, width: Int, height: Int,
  noise: inout some RandomNumberGenerator
) throws -> FacePicture {
  let surface = CairoSurface(width: width, height: height)
  surface.drawBackdrop(scene)
  let pen = FacePen(
    surface: surface, look: look, pose: pose, scene: scene,
    face: FaceGeometry(look, pose, scene, width: width, height: height), colours: FaceColours(look))
  surface.sheet {
    pen.drawPerson()
  } shade: {
    pen.drawLight()
  }
  var picture = FacePicture(width: width, height: height, rgb: try surface.rgb())
  film(&picture.rgb, scene, &noise)
  return picture
}

extension FacePen {
  /// From the back to the front.
  fileprivate func drawPerson() {
    drawHairBehind()
    drawBody()
    drawEars()
    drawHead()
    drawForehead()
    drawFolds()
    drawMouth()
    drawNose()
    drawEyes()
    drawBrows()
    drawHairFront()
    drawGlasses()
    drawCover()
  }
}
