import Testing

@Test func roomIsOpen() {}
