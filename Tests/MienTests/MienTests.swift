import Testing

/// All tests of the command: one after the other, because each starts processes that use every core.
@Suite(.serialized) enum MienTests {}
