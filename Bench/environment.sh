#!/usr/bin/env bash
# Makes the Python environment of the anchors that `make bench` measures against: environment.sh [FOLDER]
#
# PyTorch for processors alone, transformers and PEFT, and llama.cpp built for the processor of this machine, which
# takes some minutes. FOLDER is .venv in the repository unless given; `make bench` finds another by the environment variable
# PERK_BENCH_PYTHON, the path of its python.
set -euo pipefail

folder=${1:-$(dirname "$0")/../.venv}

if ! python3 -c 'import venv, ensurepip' 2>/dev/null || ! command -v g++ >/dev/null; then
    echo "installing python3-venv and g++"
    sudo=""
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv g++
fi

[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
install() { "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

install --index-url https://download.pytorch.org/whl/cpu torch==2.13.0+cpu
install numpy transformers==5.24.0 peft==0.21.2 gguf==0.19.0
CMAKE_ARGS="-DGGML_NATIVE=ON" install --no-binary llama-cpp-python llama-cpp-python==0.3.36
echo "PERK_BENCH_PYTHON=$(cd "$folder" && pwd)/bin/python"
