// dlib's face detector and landmarks behind a C interface.
#pragma once
