/// Why a safetensors file could not be read, or a set of tensors not be written as one.
public struct SafeTensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// The file could not be opened or read.
        case unreadable(reason: String)
        /// The first eight bytes announce a header longer than the format's limit of 100 MB.
        case headerTooLong(UInt64)
        /// The file ends before the header or the data that it announces. Both counts are bytes.
        case truncated(needed: Int, found: Int)
        /// The header is not the JSON that the format prescribes, `offset` bytes into the header.
        case header(offset: Int, expected: String)
        /// Two tensors, or two metadata entries, bear the same name.
        case duplicateName
        /// The `dtype` is not one that this reader knows.
        case unknownDataType(String)
        /// The number of scalars or bytes of the shape does not fit an integer, or a dimension is negative.
        case impossibleShape([Int])
        /// The data offsets run backwards.
        case reversedOffsets(begin: Int, end: Int)
        /// The data offsets overlap the tensor before, or leave a hole behind it.
        case misplaced(begin: Int, expected: Int)
        /// Shape and data type ask for another number of bytes, or of scalars, than there are.
        case sizeMismatch(needed: Int, found: Int)
        /// Bytes behind the last tensor that belong to none.
        case trailingBytes(Int)
        /// There is no tensor of this name.
        case missing
        /// The scalars cannot be read as the type asked for without loss.
        case notReadable(stored: SafeTensorsDataType, asked: String)
        /// A matrix was asked for, and the tensor has another number of dimensions.
        case notAMatrix([Int])
        /// The name is one that the format keeps for itself.
        case reservedName
        /// The index of a model's shards is not the JSON that it should be.
        case index(reason: String)
        /// The index names a shard that is not simply a file beside it.
        case shardElsewhere(String)
    }

    /// The file's path, or what stands in its place where the bytes come from elsewhere.
    public let file: String
    /// The tensor or metadata entry concerned, where it is one.
    public let tensor: String?
    /// What is wrong.
    public let problem: Problem

    public init(file: String, tensor: String? = nil, problem: Problem) {
        self.file = file
        self.tensor = tensor
        self.problem = problem
    }

    public var description: String {
        let place = tensor.map { "\(file), tensor \"\($0)\"" } ?? file
        return "\(place): \(explanation)"
    }

    private var explanation: String {
        let fetchAgain = "the file is damaged or incomplete, fetch or write it again"
        switch problem {
        case .unreadable(let reason):
            return "cannot be read (\(reason)); check the path and its permissions"
        case .headerTooLong(let length):
            return "announces a header of \(length) bytes, the limit is \(SafeTensorsHeader.maximumLength); "
                + "this is not a safetensors file"
        case .truncated(let needed, let found):
            return "needs \(needed) bytes and has \(found); \(fetchAgain)"
        case .header(let offset, let expected):
            return "the header is not valid at byte \(offset), where \(expected) was expected; \(fetchAgain)"
        case .duplicateName:
            return "the name occurs twice; give every tensor and metadata entry a name of its own"
        case .unknownDataType(let name):
            return "unknown data type \"\(name)\"; convert the tensor to F32, F16 or BF16"
        case .impossibleShape(let shape):
            return "the shape \(shape) is not possible; \(fetchAgain)"
        case .reversedOffsets(let begin, let end):
            return "the data offsets run backwards, from \(begin) to \(end); \(fetchAgain)"
        case .misplaced(let begin, let expected):
            let fault = begin < expected ? "overlap the tensor before" : "leave a hole behind the tensor before"
            return "the data offsets begin at \(begin), not at \(expected), and \(fault); \(fetchAgain)"
        case .sizeMismatch(let needed, let found):
            return "the shape asks for \(needed), there are \(found); \(fetchAgain)"
        case .trailingBytes(let count):
            return "\(count) bytes behind the last tensor belong to none; \(fetchAgain)"
        case .missing:
            return "there is no such tensor; check that the file belongs to this model"
        case .notReadable(let stored, let asked):
            return "holds \(stored.rawValue), which cannot be read as \(asked) without loss; convert the tensor first"
        case .notAMatrix(let shape):
            return "has the shape \(shape) and is no matrix; check that the file belongs to this model"
        case .index(let reason):
            return "is not an index of shards (\(reason)); \(fetchAgain)"
        case .shardElsewhere(let name):
            return "names the shard \"\(name)\", which is not a file beside the index; put all shards into one folder"
        case .reservedName:
            return "the format keeps this name for its metadata; rename the tensor"
        }
    }
}
