#!/usr/bin/env bash
# The steps of the Dockerfile, which also run without Docker, in a fresh Debian.
#   image.sh build SOURCE DESTINATION   builds the programs and puts them, with the default model, below DESTINATION
#   image.sh runtime                    installs what they need to run
set -euo pipefail

install_packages() {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    rm -rf /var/lib/apt/lists/*
}

case "${1:-}" in
build)
    cd "$2"
    install_packages pkg-config libopenblas-dev libsentencepiece-dev libsqlite3-dev zlib1g-dev
    swift build -c release --static-swift-stdlib --product perk-serve
    install -d "$3/bin" "$3/share/perk/models/default-model"
    install -s -m 755 .build/release/perk-serve "$3/bin"
    install -m 644 Fixtures/default-model/{config.json,model.safetensors,tokenizer.model,perk.json,meta.safetensors} \
        "$3/share/perk/models/default-model"
    ;;
runtime)
    install_packages ca-certificates curl libopenblas0-pthread libsentencepiece0 libsqlite3-0 zlib1g libstdc++6 libgcc-s1
    useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin perk
    install -d -o perk -m 700 /var/lib/perk
    ;;
*)
    echo "usage: image.sh build SOURCE DESTINATION | image.sh runtime" >&2
    exit 64
    ;;
esac
