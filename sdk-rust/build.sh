#!/bin/sh
# Builds a workflow and copies the module: build.sh [--wasi] CRATE_DIRECTORY OUTPUT.wasm
# Exit code 77: no Rust for WebAssembly, see toolchain.sh.
set -eu

sdk=$(cd "$(dirname "$0")" && pwd)
wasi=
if [ "${1:-}" = --wasi ]; then
  wasi=--wasi
  shift
fi
if [ $# -ne 2 ]; then
  echo 'build.sh: expected a crate and an output: build.sh [--wasi] CRATE_DIRECTORY OUTPUT.wasm' >&2
  exit 2
fi

name=$(sed -n 's/^name = "\(.*\)"$/\1/p' "$1/Cargo.toml" | head -n 1)
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$sdk/target/wasm}"
"$sdk/toolchain.sh" $wasi sh -eu -c '
  cargo build --quiet --release --manifest-path "$1/Cargo.toml"
  built="$CARGO_TARGET_DIR/$CARGO_BUILD_TARGET/release"
  library=$(echo "$3" | tr - _)
  mkdir -p "$(dirname "$2")"
  # A library is named with underscores, a binary as its package.
  if grep -q cdylib "$1/Cargo.toml"; then cp "$built/$library.wasm" "$2"; else cp "$built/$3.wasm" "$2"; fi
' build.sh "$1" "$2" "$name"
