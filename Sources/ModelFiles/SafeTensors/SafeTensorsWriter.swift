import Foundation

/// The scalars of a tensor to be written, in row-major order.
public enum SafeTensorsScalars: Equatable, Sendable {
    case halves([Float16])
    case floats([Float])
    case doubles([Double])
    case int32s([Int32])
    case int64s([Int64])

    var count: Int {
        switch self {
        case .halves(let values): values.count
        case .floats(let values): values.count
        case .doubles(let values): values.count
        case .int32s(let values): values.count
        case .int64s(let values): values.count
        }
    }

    var dataType: SafeTensorsDataType {
        switch self {
        case .halves: .float16
        case .floats: .float32
        case .doubles: .float64
        case .int32s: .int32
        case .int64s: .int64
        }
    }

    var littleEndianBytes: Data {
        // Each closure copies an array's own bytes, all of them, and lets no pointer out.
        switch self {
        case .halves(let values): values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
        case .floats(let values): values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
        case .doubles(let values): values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
        case .int32s(let values): values.map { $0.littleEndian }.withUnsafeBytes { Data($0) }
        case .int64s(let values): values.map { $0.littleEndian }.withUnsafeBytes { Data($0) }
        }
    }
}

/// A tensor to be written.
public struct SafeTensorsTensor: Equatable, Sendable {
    public let name: String
    /// The dimensions, outermost first; empty for a single scalar.
    public let shape: [Int]
    public let scalars: SafeTensorsScalars

    public init(name: String, shape: [Int], scalars: SafeTensorsScalars) {
        self.name = name
        self.shape = shape
        self.scalars = scalars
    }

    /// The same numbers in 16 bits, the nearest ones; `nil` where one is out of their range or the numbers are no floats.
    public var halved: SafeTensorsTensor? {
        guard case .floats(let values) = scalars else { return nil }
        let halves = values.map { Float16($0) }
        guard halves.allSatisfy(\.isFinite) else { return nil }
        return SafeTensorsTensor(name: name, shape: shape, scalars: .halves(halves))
    }
}

/// Writes tensors as a safetensors file.
///
/// The same tensors and metadata always give the same bytes: the widest scalars come first, as the format's reference
/// writer does, tensors of one type are sorted by name, and so is the metadata.
public struct SafeTensorsWriter: Sendable {
    private let header: Data
    private let tensors: [SafeTensorsTensor]

    /// Checks the tensors and lays them out.
    /// - Throws: `SafeTensorsError` where a name occurs twice or is reserved, or where a shape does not match its scalars.
    public init(tensors: [SafeTensorsTensor], metadata: [String: String] = [:]) throws {
        self.tensors = tensors.sorted {
            let (first, second) = ($0.scalars.dataType.rank, $1.scalars.dataType.rank)
            return first == second ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : first > second
        }
        self.header = try Self.header(of: self.tensors, metadata: metadata)
    }

    /// The bytes of the whole file.
    public func serialized() -> Data {
        chunks.reduce(into: Data()) { $0.append($1) }
    }

    /// Writes the file at `path`, replacing a file that is there only once the new one is complete.
    /// - Throws: `FileReplacementError`.
    public func write(to path: String) throws {
        try replaceFile(at: path, with: chunks)
    }

    /// The header, then one chunk for each tensor, made only when it is its turn.
    private var chunks: some Sequence<Data> {
        (0...tensors.count).lazy.map { $0 == 0 ? header : tensors[$0 - 1].scalars.littleEndianBytes }
    }

    /// The length and the JSON, padded with spaces so that the data begins at a multiple of eight bytes.
    private static func header(of tensors: [SafeTensorsTensor], metadata: [String: String]) throws -> Data {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var names: Set<String> = []
        var offset = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else { throw failure(tensor, .duplicateName) }
            let end = offset + (try byteCount(of: tensor))
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.scalars.dataType.rawValue)\","
                    + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var json = Data("{\(members.joined(separator: ","))}".utf8)
        json.append(Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        let length = (0..<SafeTensorsHeader.lengthWidth).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
        return Data(length) + json
    }

    private static func byteCount(of tensor: SafeTensorsTensor) throws -> Int {
        guard tensor.name != "__metadata__" else { throw failure(tensor, .reservedName) }
        let dataType = tensor.scalars.dataType
        guard let needed = SafeTensorsHeader.byteCount(shape: tensor.shape, dataType: dataType) else {
            throw failure(tensor, .impossibleShape(tensor.shape))
        }
        let found = tensor.scalars.count * dataType.byteWidth
        guard needed == found else {
            throw failure(tensor, .sizeMismatch(needed: needed, found: found))
        }
        return needed
    }

    private static func failure(
        _ tensor: SafeTensorsTensor, _ problem: SafeTensorsError.Problem
    ) -> SafeTensorsError {
        SafeTensorsError(file: "tensors to be written", tensor: tensor.name, problem: problem)
    }

    /// The text as a JSON string, with no more escapes than JSON demands.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\u{8}": "\\b"
            case "\u{C}": "\\f"
            case "\0"..."\u{1F}": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
