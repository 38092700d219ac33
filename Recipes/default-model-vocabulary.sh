#!/usr/bin/env bash
# Trains the vocabulary of Recipes/default-model.yaml on generated text. Needs the Debian package sentencepiece.
# Words of the wide world that stand often become one piece; all others fall into pieces of words, so that words which
# training never sees can be read and written.
set -euo pipefail
cd "$(dirname "$0")/.."
train=${PERK_META_TRAIN:-.build/release/perk-meta-train}
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
{
    "$train" corpus --world wide --documents 6000
    "$train" corpus --documents 300
    for task in qa1 qa2 qa3 student-recall student-relation student-aggregate; do
        "$train" corpus --task "$task" --documents 1000
        "$train" corpus --task "$task" --world wide --documents 1000
    done
    for task in needle-single needle-multikey needle-multivalue needle-multiquery; do
        "$train" corpus --task "$task" --documents 500
    done
} > "$corpus/corpus.txt"
spm_train --input="$corpus/corpus.txt" --model_prefix="$corpus/tokenizer" --model_type=bpe --vocab_size=4096 \
    --byte_fallback=true --character_coverage=1.0 --normalization_rule_name=identity --split_digits=true \
    --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=3 --num_threads=1 --max_sentencepiece_length=16 \
    --minloglevel=1
cp "$corpus/tokenizer.model" Recipes/default-model.tokenizer.model
