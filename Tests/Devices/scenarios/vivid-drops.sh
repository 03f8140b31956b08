# Half of the frames are lost: counted by the gaps in their numbers, and told with a remedy that is not about light.
machine --cam vivid -t 90 --at 3 'cam drop 50' -- camera-probe auto 14
expect 0 'opened /dev/video0 .*@25' 'slow 1[0-9].* of 25.*lost on the way' 'stopped in time'
between 80 190 dropped
between 0 0 losses
