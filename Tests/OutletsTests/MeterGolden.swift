/// What the meter looked like when somebody looked at it and found it right.
extension MeterTests {
  static let wide = """
    mien live  hicmae-base                                                                                          0:01:23
      anger     ██████▏                                                                                                0.06
      disgust   █▉                                                                                                     0.02
      fear      ████████▎                                                                                              0.08
    ▸ happiness █████████████████████████████████████████████████████████████▎                                         0.61
      neutral   ███████████████▏                                                                                       0.15
      sadness   █████                                                                                                  0.05
      surprise  ███▍                                                                                                   0.03
    face #3 15/16  sound ██████▏    -23 dBFS
    30.0 fps  latency 412 ms  4 dropped  0 skipped  model 181 ms
    12.0 s  camera_lost: the camera is gone; waiting for it
    """

  static let usual = """
    mien live  hicmae-base                                                  0:01:23
      anger     ███▊                                                           0.06
      disgust   █▏                                                             0.02
      fear      █████                                                          0.08
    ▸ happiness █████████████████████████████████████                          0.61
      neutral   █████████▏                                                     0.15
      sadness   ███                                                            0.05
      surprise  ██                                                             0.03
    face #3 15/16  sound ██████▏    -23 dBFS
    30.0 fps  latency 412 ms  4 dropped  0 skipped  model 181 ms
    12.0 s  camera_lost: the camera is gone; waiting for it
    """

  static let narrow = """
    mien live  hicmae-base          0:01:23
      anger     █▎                     0.06
      disgust   ▍                      0.02
      fear      █▊                     0.08
    ▸ happiness ████████████▊          0.61
      neutral   ███▏                   0.15
      sadness   █                      0.05
      surprise  ▊                      0.03
    face #3 15/16  sound ███▋   -23 dBFS
    30.0 fps  412 ms  4 dropped  0 skipped
    12.0 s  camera_lost: the camera is gon…
    """

  static let plain = """
    mien live  hicmae-base                              0:01:23
      anger     ##.......................................  0.06
      disgust   #........................................  0.02
      fear      ###......................................  0.08
    > happiness #########################................  0.61
      neutral   ######...................................  0.15
      sadness   ##.......................................  0.05
      surprise  #........................................  0.03
    face #3 15/16  sound ######.... -23 dBFS
    30.0 fps  latency 412 ms  4 dropped  0 skipped
    12.0 s  camera_lost: the camera is gone; waiting for it
    """

  static let regression = """
    mien live  hicmae-base                              0:01:23
    untrained, the numbers mean nothing
      valence         █████████████│                      -0.61
      arousal                      │███████                0.33
    face #3 15/16  sound ██████▏    -23 dBFS
    30.0 fps  latency 412 ms  4 dropped  0 skipped

    """
}
