#!/bin/sh
# Runs a command with a Rust that can build WebAssembly:
#
#   sdk-rust/toolchain.sh cargo build --release           for wasm32-unknown-unknown
#   sdk-rust/toolchain.sh --wasi cargo build --release    for wasm32-wasip1, or wasm32-wasi on older toolchains
#   sdk-rust/toolchain.sh --install                       gets what is missing: targets with rustup, Debian's packages as root
#
# The command finds `cargo`, `rustc` and `rustdoc` of that Rust first in its PATH, and the target in CARGO_BUILD_TARGET.
# It looks at the Rust of the PATH and at the system's, or only at that in the folder SLUNG_RUST. It never installs
# anything for a command. Exit code 77: it found none, so it ran nothing and the caller reports "skipped".
set -eu

packages='rustc cargo libstd-rust-dev-wasm32 lld'
targets=wasm32-unknown-unknown
case "${1:-}" in
--wasi)
  targets='wasm32-wasip1 wasm32-wasi'
  shift
  ;;
--install)
  # Both are worth having: the newest Rust and the oldest that is supported. Neither is needed for the other.
  if command -v rustup >/dev/null; then rustup target add wasm32-unknown-unknown wasm32-wasip1 || true; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg -s $packages >/dev/null 2>&1; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } || true
  fi
  exec "$0" rustc --version
  ;;
esac
if [ $# -eq 0 ]; then
  echo 'toolchain.sh: expected a command, such as: toolchain.sh cargo build --release' >&2
  exit 2
fi

# Sets `bin` and `target` to a Rust that has one of the targets; fails if there is none.
find_rust() {
  if [ -n "${SLUNG_RUST:-}" ]; then set -- "$SLUNG_RUST/rustc"; else set -- "$(command -v rustc || true)" /usr/bin/rustc; fi
  for rustc in "$@"; do
    [ -x "$rustc" ] && [ -x "${rustc%rustc}cargo" ] || continue
    sysroot=$("$rustc" --print sysroot 2>/dev/null) || continue
    for target in $targets; do
      for library in "$sysroot/lib/rustlib/$target/lib"/libstd-*.rlib; do
        [ -e "$library" ] && bin=${rustc%/rustc} && return 0
      done
    done
  done
  return 1
}

if ! find_rust; then
  echo "toolchain.sh: found no Rust with the target ${targets%% *}${SLUNG_RUST:+ in $SLUNG_RUST}; run" \
    "\"rustup target add ${targets%% *}\", or install the Debian packages $packages, or let" \
    "\"sdk-rust/toolchain.sh --install\" do it" >&2
  exit 77
fi

# A directory of links to this Rust alone: its own may be /usr/bin, which would put other tools first, too.
links=$(cd "$(dirname "$0")" && pwd)/target/toolchain/$(echo "$bin" | tr / _)
mkdir -p "$links"
for tool in cargo rustc rustdoc; do
  [ -e "$links/$tool" ] || ln -s "$bin/$tool" "$links/$tool" 2>/dev/null || [ -e "$links/$tool" ]
done

PATH=$links:$PATH CARGO_BUILD_TARGET=$target exec "$@"
