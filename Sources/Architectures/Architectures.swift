internal import HiCMAE
public import Networks
internal import VAVL

/// Every architecture that Mien knows: the one list. Readers ask them in this order. What an architecture can do besides
/// recognising, such as training, is a protocol that it conforms to.
public let architectures: [any Architecture] = [
  HiCMAEArchitecture(), VAVLArchitecture(families: [HiCMAEArchitecture()]),
]
