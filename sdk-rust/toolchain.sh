#!/bin/sh
# Runs a command with a Rust that can build WebAssembly:
#
#   sdk-rust/toolchain.sh cargo build --release           for wasm32-unknown-unknown
#   sdk-rust/toolchain.sh --wasi cargo build --release    for wasm32-wasip1, or wasm32-wasi on older toolchains
#
# The command finds `cargo`, `rustc` and `rustdoc` of that Rust first in its PATH, and the target in CARGO_BUILD_TARGET.
# It looks at the Rust of the PATH and at the system's. If neither has the target, and this is Debian, and we are root,
# it installs the packages, unless SLUNG_NO_INSTALL is set. Exit code 77: it found none, so it ran nothing and the
# caller reports "skipped".
set -eu

targets=wasm32-unknown-unknown
if [ "${1:-}" = --wasi ]; then
  targets='wasm32-wasip1 wasm32-wasi'
  shift
fi
if [ $# -eq 0 ]; then
  echo 'toolchain.sh: expected a command, such as: toolchain.sh cargo build --release' >&2
  exit 2
fi

# Sets `bin` and `target` to a Rust that has one of the targets; fails if there is none.
find_rust() {
  for rustc in "$(command -v rustc || true)" /usr/bin/rustc; do
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
  packages='rustc cargo libstd-rust-dev-wasm32 lld'
  if [ -z "${SLUNG_NO_INSTALL:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "toolchain.sh: installing $packages" >&2
    {
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
    } >&2 || true
  fi
  if ! find_rust; then
    echo "toolchain.sh: found no Rust with the target ${targets%% *}; run \"rustup target add ${targets%% *}\"," \
      "or install the Debian packages $packages" >&2
    exit 77
  fi
fi

# A directory of links to this Rust alone: its own may be /usr/bin, which would put other tools first, too.
links=$(cd "$(dirname "$0")" && pwd)/target/toolchain/$(echo "$bin" | tr / _)
mkdir -p "$links"
for tool in cargo rustc rustdoc; do
  [ -e "$links/$tool" ] || ln -s "$bin/$tool" "$links/$tool" 2>/dev/null || [ -e "$links/$tool" ]
done

PATH=$links:$PATH CARGO_BUILD_TARGET=$target exec "$@"
