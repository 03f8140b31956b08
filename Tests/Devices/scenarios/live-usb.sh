# Two minutes of `mien live` with the USB camera and a sound server, both with faults, at last both gone at once.
# The whole picture is the face: the emulated processor needs two seconds to look for one.
live uvc '--video auto --audio mic --size 320x240 --fps 15 --face none' \
  10 'cam usb unplug' camera_lost 18 'cam usb plug' camera_back \
  30 'cam usb freeze' camera_frozen 40 'cam usb thaw' camera_back \
  50 'cam usb truncate' - 51 'cam usb truncate' - 52 'cam usb errbit' - 53 'cam usb empty' - 54 'cam usb corrupt' - \
  55 'cam usb stall' - 64 'cam mic kill' microphone_lost 74 'cam mic start' microphone_back \
  90 'cam mic kill' microphone_lost 90 'cam usb unplug' camera_lost 99 'cam usb plug' camera_back \
  104 'cam mic start' microphone_back
