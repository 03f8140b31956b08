# Truncated, marked, empty and stalled transfers of a camera that sends JPEGs: frames are missing, nothing else is.
machine --cam uvc -t 90 --at 3 'cam usb truncate' --at 4 'cam usb errbit' --at 5 'cam usb empty' \
  --at 6 'cam usb corrupt' --at 7 'cam usb stall' -- camera-probe auto 11 1280 720
expect 0 'opened /dev/video0 .*MJPG 1280x720@30' 'second 11: ([5-9]|[1-9][0-9]) frames' 'stopped in time'
between 0 1 losses
between 0 0 backward
between 0 0 wrong_index
