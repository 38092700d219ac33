import Foundation

extension GGUFVocabulary {
    /// The bytes of a `.model` file (`sentencepiece_model.proto`) with this vocabulary: byte-pair encoding by scores,
    /// no normalization, and bytes for what is not a piece.
    func sentencePieceModel() throws -> Data {
        guard scores.count == tokens.count else {
            throw TokenizerFileFailure.damaged(
                "tokenizer.ggml.scores has \(scores.count) elements for \(tokens.count) tokens")
        }
        var model = Data()
        for (id, token) in tokens.enumerated() {
            let type = types.isEmpty ? TokenType.normal.rawValue : types[id]
            guard TokenType(rawValue: type) != nil else {
                throw TokenizerFileFailure.unsupported("token \(id) is of type \(type)")
            }
            var piece = Data()
            piece.append(field: 1, bytes: token.utf8)
            piece.append(field: 2, float: scores[id])
            piece.append(field: 3, integer: type)
            model.append(field: 1, bytes: piece)
        }
        model.append(field: 2, bytes: try trainerSettings())
        model.append(field: 3, bytes: normalizerSettings())
        return model
    }

    private func trainerSettings() throws -> Data {
        var settings = Data()
        settings.append(field: 3, integer: 2)  // model_type: BPE
        settings.append(field: 4, integer: tokens.count)
        settings.append(field: 35, integer: types.contains(TokenType.byte.rawValue) ? 1 : 0)  // byte_fallback
        // Each special token is an id (fields 40 to 43) and a piece (45 to 48). The library goes by the piece; where
        // there is none, by the customary ones: "<unk>", "<s>", "</s>", "<pad>".
        let special = [("unknown", unknown), ("bos", beginning), ("eos", end), ("padding", padding)]
        for (index, (name, id)) in special.enumerated() {
            guard let id else { continue }
            guard tokens.indices.contains(id) else {
                throw TokenizerFileFailure.damaged(
                    "tokenizer.ggml.\(name)_token_id is \(id), outside the vocabulary (0 ..< \(tokens.count))")
            }
            settings.append(field: 40 + index, integer: id)
            settings.append(field: 45 + index, bytes: tokens[id].utf8)
        }
        return settings
    }

    private func normalizerSettings() -> Data {
        var settings = Data()
        settings.append(field: 1, bytes: "identity".utf8)
        settings.append(field: 3, integer: addsSpacePrefix ?? true ? 1 : 0)  // add_dummy_prefix
        settings.append(field: 4, integer: 0)  // remove_extra_whitespaces
        settings.append(field: 5, integer: 1)  // escape_whitespaces
        return settings
    }
}

/// Fields in the wire format of protocol buffers: the number and wire type, then the value.
extension Data {
    fileprivate mutating func append(field number: Int, integer value: Int) {
        append(variableLength: UInt64(number << 3))
        append(variableLength: UInt64(bitPattern: Int64(value)))
    }

    fileprivate mutating func append(field number: Int, float value: Float) {
        append(variableLength: UInt64(number << 3 | 5))
        for shift in stride(from: 0 as UInt32, to: 32, by: 8) {
            append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    fileprivate mutating func append(field number: Int, bytes: some Collection<UInt8>) {
        append(variableLength: UInt64(number << 3 | 2))
        append(variableLength: UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    /// Seven bits a byte, lowest first; the high bit says that another byte follows.
    private mutating func append(variableLength value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
