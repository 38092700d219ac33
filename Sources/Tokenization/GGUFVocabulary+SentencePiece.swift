import Foundation
import ProtocolBuffers

extension GGUFVocabulary {
    /// The bytes of a `.model` file (`sentencepiece_model.proto`) with this vocabulary: byte-pair encoding by scores,
    /// no normalization, and bytes for what is not a piece.
    func sentencePieceModel() throws -> Data {
        guard scores.count == tokens.count else {
            throw TokenizerFileFailure.damaged(
                "tokenizer.ggml.scores has \(scores.count) elements for \(tokens.count) tokens")
        }
        var model = ProtocolBufferMessage()
        for (id, token) in tokens.enumerated() {
            let type = types.isEmpty ? TokenType.normal.rawValue : types[id]
            guard TokenType(rawValue: type) != nil else {
                throw TokenizerFileFailure.unsupported("token \(id) is of type \(type)")
            }
            var piece = ProtocolBufferMessage()
            piece.append(token, field: 1)
            piece.append(scores[id], field: 2)
            piece.append(type, field: 3)
            model.append(piece, field: 1)
        }
        model.append(try trainerSettings(), field: 2)
        model.append(normalizerSettings(), field: 3)
        return model.bytes
    }

    private func trainerSettings() throws -> ProtocolBufferMessage {
        var settings = ProtocolBufferMessage()
        settings.append(2, field: 3)  // model_type: BPE
        settings.append(tokens.count, field: 4)
        settings.append(types.contains(TokenType.byte.rawValue), field: 35)  // byte_fallback
        // Each special token is an id (fields 40 to 43) and a piece (45 to 48). The library goes by the piece; where
        // there is none, by the customary ones: "<unk>", "<s>", "</s>", "<pad>".
        let special = [("unknown", unknown), ("bos", beginning), ("eos", end), ("padding", padding)]
        for (index, (name, id)) in special.enumerated() {
            guard let id else { continue }
            guard tokens.indices.contains(id) else {
                throw TokenizerFileFailure.damaged(
                    "tokenizer.ggml.\(name)_token_id is \(id), outside the vocabulary (0 ..< \(tokens.count))")
            }
            settings.append(id, field: 40 + index)
            settings.append(tokens[id], field: 45 + index)
        }
        return settings
    }

    private func normalizerSettings() -> ProtocolBufferMessage {
        var settings = ProtocolBufferMessage()
        settings.append("identity", field: 1)
        settings.append(addsSpacePrefix ?? true, field: 3)  // add_dummy_prefix
        settings.append(false, field: 4)  // remove_extra_whitespaces
        settings.append(true, field: 5)  // escape_whitespaces
        return settings
    }
}
