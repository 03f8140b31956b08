/// Of this package; streams and sessions say by which version they were written.
public let mienVersion = "0.1.0"
