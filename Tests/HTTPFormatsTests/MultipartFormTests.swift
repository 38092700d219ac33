import HTTPFormats
import Testing

@Suite struct MultipartFormTests {
    private static let contentType = #"multipart/form-data; boundary="a b""#

    private func form(_ body: String, contentType: String = contentType) throws -> MultipartForm {
        try MultipartForm(Array(body.utf8), contentType: contentType)
    }

    @Test func fieldsAndFilesAreRead() throws {
        let form = try form(
            "--a b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".txt\"\r\nContent-Type: text/plain"
                + "\r\n\r\nOne.\r\n\r\n--no boundary\r\n--a b\r\ncontent-disposition: Form-Data; name=name;\r\n\r\n\r\n--a b--\r\n"
        )
        #expect(form.parts.map(\.name) == ["file", "name"])
        #expect(form.parts.map(\.fileName) == ["a \"b\".txt", nil])
        #expect(form.parts.map { String(decoding: $0.content, as: UTF8.self) } == ["One.\r\n\r\n--no boundary", ""])
    }

    @Test func whatStandsBeforeTheFirstBoundaryIsNoPart() throws {
        let form = try form("preface\r\n--a b  \r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b--epilogue")
        #expect(form.parts.map { Array($0.content) } == [Array("1".utf8)])
    }

    @Test(arguments: [
        ("--a b--", 0), ("--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n--a b\r\n\r\n--a b--", -1),
    ])
    func emptyFormsAndNestedBoundaries(_ body: String, parts: Int) throws {
        if parts < 0 {
            #expect(throws: MultipartError.malformedHeaders) { try form(body) }
        } else {
            #expect(try form(body).parts.count == parts)
        }
    }

    @Test(arguments: [
        ("", MultipartError.noPart), ("a b--", .noPart), ("--a bc\r\n", .malformedDelimiter),
        ("--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1", .unfinished),
        ("--a b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--a b--", .malformedHeaders),
        ("--a b\r\nContent-Disposition: form-data; name=\"x\r\n\r\n1\r\n--a b--", .malformedHeaders),
        ("--a b\r\nContent-Type: text/plain\r\n\r\n1\r\n--a b--", .malformedHeaders),
        ("--a b\r\nno header\r\n\r\n1\r\n--a b--", .malformedHeaders),
    ])
    func faultsAreNamed(_ body: String, error: MultipartError) {
        #expect(throws: error) { try form(body) }
    }

    @Test(arguments: [
        "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\(String(repeating: "a", count: 71))",
        "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=a; boundary=b",
    ])
    func theBoundaryMustBeGiven(_ contentType: String) {
        #expect(throws: MultipartError.noBoundary) { try form("--a\r\n", contentType: contentType) }
    }

    @Test func partsAreBounded() {
        let part = "--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n"
        let body = String(repeating: part, count: MultipartForm.partLimit + 1) + "--a b--"
        #expect(throws: MultipartError.tooManyParts) { try form(body) }
    }
}
