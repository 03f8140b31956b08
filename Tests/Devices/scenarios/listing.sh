# Cameras are listed without a stream: capture nodes only, by the name of their link where there is one.
machine --cam both -t 90 \
  -- sh -c "camera=$(command -v camera-probe); \$camera list; cam link usb-Test_0001-video-index0; \$camera list"
expect 0 'camera "Test UVC Webcam.*\(usb-vhci_hcd' 'YUYV 640x480@30.0/15.0' 'MJPG 1280x720@30.0/15.0' \
  'camera "vivid \(platform:vivid-000\)"' 'camera "usb-Test_0001-video-index0" /dev/video0'
forbid '/dev/video1'
