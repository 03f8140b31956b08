# `mien devices` names cameras by their by-id links, and microphones, without opening a stream.
machine --cam both --pulse -t 90 \
  -- sh -c "cam link usb-Test_0001-video-index0; $(command -v mien) devices --json | tr '{' '\\n'"
expect 0 '"name":"usb-Test_0001-video-index0","path":"/dev/video0","card":"Test UVC Webcam' '"code":"MJPG","usable":true' \
  '"width":320,"height":240,"fps":\[30.0,15.0\]' '"name":"vivid.*platform:vivid-000' '"microphones":\[' \
  '"name":"mic","description":"mic","rate":48000,"channels":2,"monitor":false,"default":true'
forbid '/dev/video1'
