# A node that belongs to others: the group and the remedy are named, and the camera is taken once it may be.
machine --cam vivid -t 90 --at 5 'chmod 666 /dev/video0' \
  -- setpriv --reuid 1000 --regid 1000 --clear-groups "$(command -v camera-probe)" auto 8
expect 0 'waiting: .*Permission denied.*group video: sudo usermod -aG video' 'opened /dev/video0' 'stopped in time'
