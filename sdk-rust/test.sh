#!/bin/sh
# Everything about the Rust SDK: style, lints, tests with the newest Rust and with the oldest, and modules of both in a
# replay. The last line counts the tests. What could not run is reported as skipped, never counted as passed.
set -eu
cd "$(dirname "$0")"
PATH=$PWD/../node_modules/.bin:$PATH

# The newest Rust is the one of the PATH; the system's may be the oldest that is supported.
newest=$(command -v cargo || true)
system=/usr/bin/cargo
results=$(mktemp)
trap 'rm -f "$results"' EXIT
failed=0
skipped=0

# Says what does not run, in one line.
skip() {
  echo "skipped: $1"
  skipped=$((skipped + 1))
}

version_of() {
  "${1%cargo}rustc" --version | cut -d ' ' -f 2
}

# Runs `cargo test` with the given cargo and arguments, and keeps its result lines.
run_tests() {
  cargo=$1
  shift
  version=$(version_of "$cargo")
  echo "== cargo test, Rust $version"
  output=$(mktemp)
  if PATH=$(dirname "$cargo"):$PATH CARGO_TARGET_DIR=$PWD/target/$version "$cargo" test --offline "$@" >"$output" 2>&1; then
    grep -E '^(test result: ok. [1-9]|[a-z.-]+: [0-9]+ bytes)' "$output" || true
  else
    failed=1
    cat "$output"
  fi
  grep '^test result' "$output" >>"$results" || true
  rm -f "$output"
}

# Builds modules with the Rust of the given cargo and runs the tests about them, and the specs of all Rust guests.
run_modules() {
  version=$(version_of "$1")
  SLUNG_RUST=$(dirname "$1")
  export SLUNG_RUST
  export CARGO_TARGET_DIR="$PWD/target/wasm-$version"
  echo "== modules, Rust $version"
  # Those of another Rust are no older than their sources.
  rm -rf guests/*/build ../examples/*/build/*-rust.wasm $template/target
  code=0
  ./build.sh guests/alert target/guests/alert.wasm &&
    ./build.sh guests/extensions target/guests/extensions.wasm &&
    ./build.sh guests/failing target/guests/failing.wasm &&
    ./build.sh guests/published-alert target/guests/published-alert.wasm &&
    ./build.sh --wasi guests/published-alert target/guests/published-alert-wasi.wasm &&
    ./build.sh $template target/guests/template.wasm &&
    ./build.sh ../examples/threshold-alert/rust target/guests/threshold-alert.wasm || code=$?
  if [ $code = 77 ]; then
    skip "modules with Rust $version: it has no target for WebAssembly"
  elif [ $code != 0 ]; then
    failed=1
  else
    run_tests "$1" --test guests -- --ignored --nocapture
    export CARGO_TARGET_DIR="$PWD/target/wasm-$version"
    (cd .. && slung-test examples/*/*.slung.yaml sdk-rust/guests) || failed=1
    # As a user runs it: without our target directory.
    ./toolchain.sh env -u CARGO_TARGET_DIR slung-test $template \
      ${SLUNG_TEST_RESULTS:+--reporter default --reporter json --outputFile "$SLUNG_TEST_RESULTS/rust-template.json"} || failed=1
  fi
  unset SLUNG_RUST CARGO_TARGET_DIR
}

if [ -z "$newest" ]; then
  skip 'everything: there is no cargo; install Rust from https://rustup.rs or your distribution'
  echo '0 passed, 0 failed, 1 skipped'
  exit 77
fi
if [ "$newest" = $system ]; then skip 'the newest Rust: the PATH has none but the system'"'"'s'; fi
if [ ! -x $system ]; then skip "the system's Rust: there is no $system"; fi
# A new project as `slung new` makes it, but with the crate of this folder.
template=target/template
rm -rf $template
node ../runtime/bin/slung.js new $template --lang rust >/dev/null
printf '[patch.crates-io]\nslung-sdk = { path = "../.." }\n' >>$template/Cargo.toml

# Everything is built once, and a failure says where it is without debug information: a fifth less to do.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
# As for the tests in TypeScript.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$PWD/../node_modules/.cache/slung-tests/node}"

export CARGO_TARGET_DIR="$PWD/target/lint"
manifests=$(echo Cargo.toml guests/Cargo.toml $template/Cargo.toml ../examples/*/rust/Cargo.toml)
if cargo fmt --version >/dev/null 2>&1; then
  echo '== cargo fmt'
  for manifest in $manifests published/Cargo.toml; do
    cargo fmt --all --check --manifest-path "$manifest" || failed=1
  done
else
  skip 'cargo fmt: it is not installed'
fi
# Clippy 0.1.95 is that of Rust 1.95. Where several Rusts are installed, the clippy found may belong to another one.
clippy=$(cargo clippy --version 2>/dev/null | sed -nE 's/^clippy 0\.([0-9]+\.[0-9]+).*/\1/p')
if rustc --version | grep -qF " ${clippy:-none}."; then
  echo '== cargo clippy'
  for manifest in $manifests; do
    cargo clippy --quiet --offline --all --all-targets --manifest-path "$manifest" -- -D warnings || failed=1
  done
else
  clippy=
  skip 'cargo clippy: found none of this Rust'
fi

echo '== cargo doc'
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --offline --no-deps --all || failed=1

echo '== cargo package'
for manifest in Cargo.toml macros/Cargo.toml published/Cargo.toml; do
  files=$(cargo package --list --offline --allow-dirty --manifest-path $manifest) || failed=1
  for file in LICENSE README.md src/lib.rs; do
    echo "$files" | grep -qx $file || { echo "the package of $manifest lacks $file" && failed=1; }
  done
done

run_tests "$newest" --all
run_tests "$newest" --manifest-path $template/Cargo.toml
if [ "$newest" != $system ] && [ -x $system ]; then run_tests $system --all; fi

# The crate with dependencies. Where the registry does not answer, they may have been fetched before.
if cargo fetch --quiet --manifest-path published/Cargo.toml 2>/dev/null; then
  echo '== slung-sdk-published'
  if [ -n "$clippy" ]; then
    cargo clippy --quiet --offline --all-targets --manifest-path published/Cargo.toml -- -D warnings || failed=1
  fi
  RUSTDOCFLAGS='-D warnings' cargo doc --quiet --offline --no-deps --manifest-path published/Cargo.toml || failed=1
  run_tests "$newest" --manifest-path published/Cargo.toml
else
  skip 'slung-sdk-published: cargo cannot fetch serde'
fi

mkdir -p target/guests
(
  cd ../examples/threshold-alert
  ../../runtime/test/tools/asc.ts assembly/index.ts --target release \
    --outFile ../../sdk-rust/target/guests/threshold-alert-assemblyscript.wasm
) || failed=1
# The newest Rust comes last: its modules stay.
if [ "$newest" != $system ] && [ -x $system ]; then
  run_modules $system
fi
run_modules "$newest"

counts=$(awk -v failed=$failed '{ passes += $4; fails += $6 } END {
  if (failed && !fails) fails = 1
  printf "%d %d\n", passes, fails
}' "$results")
passes=${counts% *} fails=${counts#* }
# Where `.ci/run` looks for it, in the format of the TypeScript runners.
if [ -n "${SLUNG_TEST_RESULTS:-}" ]; then
  success=$([ "$fails" = 0 ] && echo true || echo false)
  counts="\"numPassedTests\":$passes,\"numFailedTests\":$fails,\"numPendingTests\":$skipped"
  echo "{$counts,\"success\":$success}" >"$SLUNG_TEST_RESULTS/rust.json"
fi
echo "$passes passed, $fails failed, $skipped skipped"
exit $failed
