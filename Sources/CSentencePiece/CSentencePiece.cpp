#include "CSentencePiece.h"

#include <sentencepiece_processor.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct SentencePieceModel {
    sentencepiece::SentencePieceProcessor processor;
    SentencePieceVocabulary vocabulary;
};

namespace {

/// Copies bytes into memory that a C caller can free; one byte more is allocated, so that nothing is never NULL.
template <typename Element>
Element *copied(const Element *elements, size_t count) {
    auto *copy = static_cast<Element *>(std::malloc(count * sizeof(Element) + 1));
    if (copy == nullptr) throw std::bad_alloc();
    if (count > 0) std::memcpy(copy, elements, count * sizeof(Element));
    return copy;
}

/// Runs `body`, which returns the library's status, and turns whatever goes wrong into a message.
template <typename Body>
bool succeeds(char **error, Body body) noexcept {
    try {
        const sentencepiece::util::Status status = body();
        if (status.ok()) return true;
        *error = strdup(status.error_message());
    } catch (const std::exception &exception) {
        *error = strdup(exception.what());
    } catch (...) {
        *error = strdup("unknown C++ exception");
    }
    return false;
}

}  // namespace

SentencePieceModel *sentencePieceLoad(const void *bytes, size_t count, char **error) {
    std::unique_ptr<SentencePieceModel> model;
    const bool loaded = succeeds(error, [&] {
        model = std::make_unique<SentencePieceModel>();
        auto &processor = model->processor;
        const auto status = processor.LoadFromSerializedProto({static_cast<const char *>(bytes), count});
        if (status.ok()) {
            model->vocabulary = {
                processor.GetPieceSize(), processor.bos_id(), processor.eos_id(), processor.pad_id()};
        }
        return status;
    });
    return loaded ? model.release() : nullptr;
}

void sentencePieceRelease(SentencePieceModel *model) {
    delete model;
}

SentencePieceVocabulary sentencePieceVocabulary(const SentencePieceModel *model) {
    return model->vocabulary;
}

bool sentencePieceEncode(
    const SentencePieceModel *model, const void *text, size_t count,
    int32_t **tokens, size_t *tokenCount, char **error) {
    return succeeds(error, [&] {
        std::vector<int> ids;
        const auto status = model->processor.Encode({static_cast<const char *>(text), count}, &ids);
        if (status.ok()) {
            *tokens = copied(ids.data(), ids.size());
            *tokenCount = ids.size();
        }
        return status;
    });
}

bool sentencePieceDecode(
    const SentencePieceModel *model, const int32_t *tokens, size_t count,
    char **text, size_t *textCount, char **error) {
    return succeeds(error, [&] {
        std::string decoded;
        const auto status = model->processor.Decode(std::vector<int>(tokens, tokens + count), &decoded);
        if (status.ok()) {
            *text = copied(decoded.data(), decoded.size());
            *textCount = decoded.size();
        }
        return status;
    });
}
