public import Networks

extension VAVLSizes: SizesOnEncoders {
  public func on(_ network: any NetworkSizes, layers: [Int]?, isFrozen: Bool) throws -> any NetworkSizes {
    guard let family = network.architecture as? any EncoderFamily else {
      throw NoEncoders("a \(network.architecture.title) has no encoders for other networks")
    }
    func encoder(_ modality: Modality) throws -> ModalityEncoder? {
      try family.encoder(modality, of: network, layers: layers).map {
        .pretrained(AnyEncoderSizes($0), isFrozen: isFrozen)
      }
    }
    var sizes = self
    sizes.video = try video.flatMap { _ in try encoder(.video) }
    sizes.audio = try audio.flatMap { _ in try encoder(.audio) }
    guard !sizes.modalities.isEmpty else { throw NoEncoders("no encoder of a modality that the network has") }
    return sizes
  }
}
