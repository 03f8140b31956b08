# Broken buffers are passed over; an error of the stream, of a buffer and of the opening each end in a reopening.
machine --cam vivid -t 90 --at 2 'cam buf-error' --at 4 'cam queue-error' --at 8 'cam qbuf-error' \
  --at 12 'cam streamon-error; cam queue-error' --at 18 'cam reqbufs-error; cam queue-error' -- camera-probe auto 28
expect 0 'opened /dev/video0 "vivid' 'lost: its driver reports an error: Input/output error' 'opened /dev/video0' \
  'lost: its driver' 'opened /dev/video0' 'lost: its driver' 'waiting: .*cannot start' 'opened /dev/video0' \
  'lost: its driver' 'waiting: .*buffers' 'opened /dev/video0' 'second 28: ([5-9]|[1-9][0-9]) frames' 'stopped in time'
between 1 3 passed_over
between 4 4 losses
between 0 0 backward
between 0 0 wrong_index
