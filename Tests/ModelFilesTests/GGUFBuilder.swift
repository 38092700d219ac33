import Foundation

@testable import ModelFiles

/// A GGUF file put together by hand, so that anything in it can be wrong.
struct GGUFBuilder {
    struct Tensor {
        var name = "x"
        var dimensions: [UInt64] = [4]
        var type: UInt32 = 0
        var offset: UInt64 = 0
    }

    var version: UInt32 = 3
    /// Keys, and values with their types in front.
    var values: [(String, Data)] = []
    var tensors: [Tensor] = []
    var tensorCount: UInt64?
    var valueCount: UInt64?
    /// Bytes behind the padded table of contents.
    var payload = 0

    var data: Data {
        var data = Data("GGUF".utf8) + GGUFBytes.integer(version)
        data.append(GGUFBytes.integer(tensorCount ?? UInt64(tensors.count)))
        data.append(GGUFBytes.integer(valueCount ?? UInt64(values.count)))
        for (key, value) in values { data.append(GGUFBytes.text(key) + value) }
        for tensor in tensors {
            data.append(GGUFBytes.text(tensor.name) + GGUFBytes.integer(UInt32(tensor.dimensions.count)))
            for dimension in tensor.dimensions { data.append(GGUFBytes.integer(dimension)) }
            data.append(GGUFBytes.integer(tensor.type) + GGUFBytes.integer(tensor.offset))
        }
        return data + Data(count: (32 - data.count % 32) % 32 + payload)
    }

    /// A value with its type in front; the bytes need not fit the type.
    static func value(_ type: UInt32, _ bytes: Data) -> Data { GGUFBytes.integer(type) + bytes }

    /// An array with its types and its count in front; neither need fit the bytes.
    static func array(_ type: UInt32, count: UInt64, _ bytes: Data = Data()) -> Data {
        value(9, GGUFBytes.integer(type) + GGUFBytes.integer(count) + bytes)
    }
}
