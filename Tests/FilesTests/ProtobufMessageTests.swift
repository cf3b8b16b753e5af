import Files
import Testing

@Suite struct ProtobufMessageTests {
  @Test func fieldsAreEncodedAsTheFormatSays() {
    var message = ProtobufMessage()
    message.add(1, integer: 150)
    #expect(message.bytes == [0x08, 0x96, 0x01])
    message = ProtobufMessage()
    message.add(2, text: "testing")
    #expect(message.bytes == [0x12, 7, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    message = ProtobufMessage()
    message.add(16, integer: -1)
    #expect(message.bytes == [0x80, 0x01] + [UInt8](repeating: 0xFF, count: 9) + [1])
    message = ProtobufMessage()
    message.add(3, float: 1)
    message.add(4, double: 1)
    #expect(message.bytes == [0x1D, 0, 0, 0x80, 0x3F, 0x21, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }
}
