# Silence without an error: told as frozen, and as thawed when it goes on.
machine --cam uvc -t 90 --at 3 'cam usb freeze' --at 6 'cam usb thaw' -- camera-probe auto 10
expect 0 'opened /dev/video0' 'frozen for 1(\.[0-9])? s' 'thawed after [23]' 'second 10: ([5-9]|[1-9][0-9]) frames' \
  'stopped in time'
between 0 0 losses
between 0 0 backward
