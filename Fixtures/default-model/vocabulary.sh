#!/usr/bin/env bash
# Trains the default model's vocabulary on generated text. Needs the Debian package sentencepiece.
set -euo pipefail
cd "$(dirname "$0")/../.."
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
.build/release/perk-meta-train corpus --documents 300 --seed 1 > "$corpus/corpus.txt"
spm_train --input="$corpus/corpus.txt" --model_prefix="$corpus/tokenizer" --model_type=unigram --vocab_size=1600 \
    --byte_fallback=true --character_coverage=1.0 --normalization_rule_name=identity --split_digits=true \
    --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=3 --num_threads=1 --max_sentencepiece_length=16 \
    --minloglevel=1
cp "$corpus/tokenizer.model" Fixtures/default-model/tokenizer.model
