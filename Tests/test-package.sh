#!/usr/bin/env bash
# Builds and runs a small package that depends on a tagged version of this one, as an outsider's would.
#   make test-package
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
version=$(sed -n 's/^## //p' "$checkout/CHANGELOG.md" | head -1)

# A repository of the committed state, with the tag that a release would have.
git clone --quiet "$checkout" "$folder/perk"
git -C "$folder/perk" tag "$version"

mkdir -p "$folder/consumer/Sources/Consumer"
cat > "$folder/consumer/Package.swift" <<END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "consumer",
    dependencies: [.package(url: "file://$folder/perk", from: "$version")],
    targets: [
        .executableTarget(
            name: "Consumer",
            dependencies: [
                .product(name: "SeededRandom", package: "perk"), .product(name: "TestTimeLearning", package: "perk"),
            ])
    ])
END
cat > "$folder/consumer/Sources/Consumer/Consumer.swift" <<'END'
import SeededRandom
import TestTimeLearning

@main struct Consumer {
    static func main() {
        var random = RandomSource(seed: 0)
        print(random.next(), InnerLoopConfiguration().steps)
    }
}
END
output=$("${SWIFT:-swift}" run --package-path "$folder/consumer" Consumer)
[ "$output" = "11091344671253066420 4" ] || { echo "test-package: unexpected output: $output" >&2; exit 1; }
echo "test-package: passed"
