#!/bin/sh
# Trains the small vocabulary that the tokenization tests use and records what SentencePiece's own command line says
# of strings.txt. Needs Debian's package sentencepiece (0.1.97). Run again with the same version, it writes the same bytes.
#
#   corpus.txt     what the vocabulary is trained on
#   rules.tsv      the normalization: U+FB01 to "fi", U+00A0 to a space, carriage return to nothing (code points in hex)
#   strings.txt    one text a line, to be encoded
#   test.model     the vocabulary: unigram, 380 pieces, byte fallback, spaces kept as they are
#   test.vocab     its pieces and scores, one a line, in the order of their ids
#   encoded.tsv    each text of strings.txt, a tab, its ids
#   decoded.txt    those ids decoded, one text a line
set -eu
cd "$(dirname "$0")"

spm_train --input=corpus.txt --model_prefix=test --model_type=unigram --vocab_size=380 \
    --character_coverage=1.0 --byte_fallback=true --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=3 \
    --normalization_rule_tsv=rules.tsv --remove_extra_whitespaces=false --num_threads=1 --minloglevel=1
spm_encode --model=test.model --output_format=id <strings.txt >encoded.ids
spm_decode --model=test.model --input_format=id <encoded.ids >decoded.txt
paste strings.txt encoded.ids >encoded.tsv
rm encoded.ids
