// Room opened; see Package.swift.
