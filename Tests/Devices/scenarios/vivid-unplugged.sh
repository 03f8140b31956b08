# The device disappears and comes back; the stream goes on.
machine --cam vivid -t 90 --at 3 'cam disconnect' --at 6 'cam unbind' --at 9 'cam rebind' -- camera-probe auto 13
expect 0 'opened /dev/video0' 'lost: it was unplugged' 'opened /dev/video0' 'lost: it was unplugged' \
  'waiting: vivid .*it is not plugged in' 'opened /dev/video' 'second 13: ([5-9]|[1-9][0-9]) frames' 'stopped in time'
between 2 2 losses
between 0 0 backward
between 0 0 wrong_index
