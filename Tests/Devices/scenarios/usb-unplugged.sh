# The USB camera is unplugged; its node's number is held by another program, so that it comes back under another one.
machine --cam uvc -t 90 --at 1 'sleep 100 < /dev/video0' --at 3 'cam usb unplug' --at 6 'cam usb plug' \
  -- camera-probe auto 12
expect 0 'opened /dev/video0 "Test UVC Webcam' 'lost: it was unplugged' 'waiting: .*it is not plugged in' \
  'opened /dev/video[1-9] "Test UVC Webcam' 'second 12: ([5-9]|[1-9][0-9]) frames' 'stopped in time'
between 1 1 losses
between 0 0 backward
between 0 0 wrong_index
