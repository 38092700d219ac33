// A thin C face over the SentencePiece library (Kudo and Richardson, EMNLP 2018, arXiv 1808.06226): load, encode, decode.
//
// A loaded model never changes, so every function may be called on it from several threads at once.
// No C++ exception leaves these functions. Where one fails it returns NULL or false and sets `*error` to a message;
// messages, tokens and text handed out are allocated with malloc and belong to the caller, who calls free().

#ifndef CSENTENCEPIECE_H
#define CSENTENCEPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct SentencePieceModel SentencePieceModel;

/// What a model says of its vocabulary. An id that it does not define is -1.
typedef struct SentencePieceVocabulary {
    int32_t size;
    int32_t beginning;
    int32_t end;
    int32_t padding;
} SentencePieceVocabulary;

/// Loads the bytes of a `.model` file (a serialized ModelProto), which are copied. Free it with sentencePieceRelease.
SentencePieceModel *sentencePieceLoad(const void *bytes, size_t count, char **error);

void sentencePieceRelease(SentencePieceModel *model);

SentencePieceVocabulary sentencePieceVocabulary(const SentencePieceModel *model);

/// Encodes `count` bytes of UTF-8, which may hold NUL, into `*tokenCount` ids at `*tokens`.
bool sentencePieceEncode(
    const SentencePieceModel *model, const void *text, size_t count,
    int32_t **tokens, size_t *tokenCount, char **error);

/// Decodes ids, each of which must lie in 0 ..< size, into `*textCount` bytes of UTF-8 at `*text`.
bool sentencePieceDecode(
    const SentencePieceModel *model, const int32_t *tokens, size_t count,
    char **text, size_t *textCount, char **error);

#ifdef __cplusplus
}
#endif

#endif
