import Tensors

/// Why a GGUF file could not be read, or values and tensors not be written as one.
public struct GGUFError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// The file could not be opened or read.
        case unreadable(reason: String)
        /// The file does not begin with the format's four letters.
        case notGGUF
        /// The numbers are big-endian.
        case bigEndian
        /// The version is neither 2 nor 3.
        case version(UInt32)
        /// The bytes are those of one of several files that hold a model together; the others are found by a path.
        case split(parts: Int)
        /// The number of a part, from 0, is not one of its model's.
        case partNumber(Int?, of: Int)
        /// The file is one of several, and its name does not end as that of such a part.
        case partName(ending: String, parts: Int)
        /// The file is one of several, and this other one is not there.
        case missingPart(String, parts: Int)
        /// The file lies where a part of another one's model is looked for, and is none.
        case foreignPart(number: Int, of: Int)
        /// All parts together have another number of tensors than they announce.
        case partTensors(expected: Int, found: Int)
        /// The file ends before what it announces: at least so many bytes, saturated.
        case truncated(needed: Int, found: Int)
        /// A string, `offset` bytes into the file, is not UTF-8.
        case invalidText(offset: Int)
        /// The type of a metadata value is not one of the format's.
        case unknownValueType(UInt32)
        /// A truth value that is neither 0 nor 1.
        case invalidBool(UInt8)
        /// Arrays of arrays, deeper than any reader needs.
        case nestedTooDeep
        /// Two tensors, or two metadata values, bear the same name.
        case duplicateName
        /// The alignment of the tensors is not a power of two up to 65536.
        case alignment(Int?)
        /// A tensor has no dimensions, or more than four.
        case dimensionCount(Int)
        /// A dimension is zero, or the number of weights or bytes does not fit an integer. Outermost first.
        case impossibleShape([UInt64])
        /// The type of a tensor is not one that can be read.
        case unknownTensorType(UInt32)
        /// The innermost dimension does not fill whole blocks of the type.
        case incompleteBlocks(width: Int, type: GGUFTensorType)
        /// The tensor does not begin at a multiple of the alignment. Offsets count from the start of the data.
        case misaligned(offset: UInt64, alignment: Int)
        /// The tensor shares bytes with another one.
        case overlaps(String)
        /// There is no tensor, or no metadata value, of this name.
        case missing
        /// The metadata value is of another kind than asked for, or its number does not fit.
        case wrongType(found: String)
        /// A matrix was asked for, and the tensor has another number of dimensions.
        case notAMatrix([Int])
        /// The shape asks for another number of bytes, or of weights, than there are.
        case sizeMismatch(needed: Int, found: Int)
    }

    /// The file's path, or what stands in its place where the bytes come from elsewhere.
    public let file: String
    /// The tensor or the metadata key concerned, where it is one.
    public let name: String?
    /// What is wrong.
    public let problem: Problem

    public init(file: String, name: String? = nil, problem: Problem) {
        self.file = file
        self.name = name
        self.problem = problem
    }

    public var description: String {
        let place = name.map { "\(file), \"\($0)\"" } ?? file
        return "\(place): \(explanation)"
    }

    private var explanation: String {
        let fetchAgain = "the file is damaged or incomplete, fetch or write it again"
        switch problem {
        case .unreadable(let reason):
            return "cannot be read (\(reason)); check the path and its permissions"
        case .notGGUF:
            return "does not begin with GGUF; this is not a GGUF file"
        case .bigEndian:
            return "is big-endian; convert the model to a little-endian file"
        case .version(let version):
            return "is of GGUF version \(version), versions 2 and 3 can be read; convert the model again"
        case .split(let parts):
            return "is one of \(parts) files of a model; open it by its path, or merge them with gguf-split --merge"
        case .partNumber(let number, let count):
            return "is part \(number.map { String($0 + 1) } ?? "?") of \(count), which cannot be; \(fetchAgain)"
        case .partName(let ending, let parts):
            return "is one of \(parts) files of a model and its name does not end in \(ending), by which the others "
                + "are found; give all of them the names that they came with"
        case .missingPart(let path, let parts):
            return "is one of \(parts) files of a model, and \(path) is missing; put it beside the others"
        case .foreignPart(let number, let count):
            return "is not part \(number + 1) of \(count) of the model that lies beside it; fetch all parts again"
        case .partTensors(let expected, let found):
            return "the model's parts have \(found) tensors together and announce \(expected); fetch all parts again"
        case .truncated(let needed, let found):
            return "needs \(needed) bytes or more and has \(found); \(fetchAgain)"
        case .invalidText(let offset):
            return "the text at byte \(offset) is not UTF-8; \(fetchAgain)"
        case .unknownValueType(let type):
            return "the metadata value is of the unknown type \(type); \(fetchAgain)"
        case .invalidBool(let byte):
            return "the truth value \(byte) is neither 0 nor 1; \(fetchAgain)"
        case .nestedTooDeep:
            return "arrays are nested more than \(GGUFCursor.maximumDepth) deep; write the value in another form"
        case .duplicateName:
            return "the name occurs twice; give every tensor and metadata value a name of its own"
        case .alignment(let alignment):
            let found = alignment.map(String.init) ?? "something else than a whole number"
            return "the alignment is \(found), it must be a power of two up to \(GGUFHeader.maximumAlignment); "
                + fetchAgain
        case .dimensionCount(let count):
            return "the tensor has \(count) dimensions, 1 to \(GGUFHeader.maximumDimensions) are possible; "
                + fetchAgain
        case .impossibleShape(let shape):
            return "the shape \(shape) is not possible; \(fetchAgain)"
        case .unknownTensorType(let type):
            let known = QuantizationFormat.allCases.map(\.ggufType.name).joined(separator: ", ")
            let name = GGUFTensorType(rawValue: type)?.name ?? String(type)
            return "the tensor is of type \(name), which cannot be read; quantize the model to one of \(known)"
        case .incompleteBlocks(let width, let type):
            return "rows of \(width) weights do not fill blocks of \(type.block.weights) as \(type.name) needs; "
                + fetchAgain
        case .misaligned(let offset, let alignment):
            return "the tensor begins at \(offset), not at a multiple of \(alignment); \(fetchAgain)"
        case .overlaps(let other):
            return "the tensor shares bytes with \"\(other)\"; \(fetchAgain)"
        case .missing:
            return "there is no tensor or metadata value of this name; check that the file belongs to this model"
        case .wrongType(let found):
            return "the metadata value is \(found), which is not what is asked for here; convert the model again"
        case .notAMatrix(let shape):
            return "has the shape \(shape) and is no matrix; check that the file belongs to this model"
        case .sizeMismatch(let needed, let found):
            return "the shape asks for \(needed), there are \(found); give as many as the shape says"
        }
    }
}
