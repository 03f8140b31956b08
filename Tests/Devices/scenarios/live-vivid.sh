# Two minutes of `mien live` with the kernel's test camera: broken and lost frames, errors, and it goes for a while;
# and a sound server that ends. The whole picture is taken for the face.
live vivid '--video auto --audio mic --size 320x180 --fps 25 --face none' \
  8 'cam buf-error' - 10 'cam buf-error' - 14 'cam drop 50' low_frame_rate 34 'cam drop 0' - \
  42 'cam disconnect' camera_lost 43 : camera_back 52 'cam mic kill' microphone_lost 62 'cam mic start' microphone_back \
  74 'cam unbind' camera_lost 84 'cam rebind' camera_back 98 'cam queue-error' camera_lost 99 : camera_back
