#!/usr/bin/env bash
# Installs below a temporary folder and tries the programs from there, with the checkout out of sight.
#   make test-install
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
fail() { echo "test-install: $*" >&2; exit 1; }

make --silent -C "$checkout" install PREFIX="$prefix" SWIFT="${SWIFT:-swift}"
cp "$checkout/Fixtures/demo/neighbours.txt" "$folder/document.txt"
version=$(sed -n 's/^## //p' "$checkout/CHANGELOG.md" | head -1)

# Runs a command that cannot see the checkout: an empty file system lies over it, in a mount namespace of its own.
hidden() {
    unshare --user --map-root-user --mount bash -c \
        'mount -t tmpfs none "$1" && shift && cd / && exec "$@"' - "$checkout" "$@"
}
if ! hidden test ! -e "$checkout/Package.swift"; then
    echo "test-install: no mount namespaces here: the checkout stays in sight" >&2
    hidden() { (cd / && "$@"); }
fi

answer() { hidden env "$@" ask --no-cache --document "$folder/document.txt" 'Where does Hannah live?'; }

for program in perk-serve perk-meta-train; do
    [ "$(hidden "$prefix/bin/$program" --version)" = "$version" ] || fail "$program --version is not $version"
    grep -q "$program" "$prefix/share/man/man1/$program.1" || fail "no manual page of $program"
    ! grep -qa -e "$checkout/Serve" -e "$checkout/MetaTrain" -e "$checkout/Sources" "$prefix/bin/$program" ||
        fail "$program knows a path of the checkout"
done

[ "$(answer "$prefix/bin/perk-serve")" = Vienna ] || fail "the default model is not found below the prefix"
ln -s "$prefix/bin/perk-serve" "$folder/linked"
[ "$(answer "$folder/linked")" = Vienna ] || fail "the default model is not found through a link"
[ "$(answer PATH="$prefix/bin:$PATH" perk-serve)" = Vienna ] || fail "the default model is not found by the search path"

hidden "$prefix/bin/perk-meta-train" config "$prefix/share/perk/recipes/smollm2-135m-short.yaml" |
    grep -q "^model:" || fail "the recipes cannot be read"

mv "$prefix/share/perk/models/default-model" "$folder/elsewhere"
! answer "$prefix/bin/perk-serve" 2> "$folder/log" || fail "a model was found where none is"
grep -q "no model found in $prefix" "$folder/log" || fail "the error does not name the places: $(cat "$folder/log")"
[ "$(answer PERK_MODEL="$folder/elsewhere" "$prefix/bin/perk-serve")" = Vienna ] || fail "PERK_MODEL is not heeded"
mkdir "$prefix/bin/models" && mv "$folder/elsewhere" "$prefix/bin/models/default-model"
[ "$(answer "$prefix/bin/perk-serve")" = Vienna ] || fail "the default model is not found beside the program"
rm -r "$prefix/bin/models"

make --silent -C "$checkout" uninstall PREFIX="$prefix"
[ -z "$(find "$prefix" -type f)" ] || fail "uninstall leaves files: $(find "$prefix" -type f)"
echo "test-install: passed"
