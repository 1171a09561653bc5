#!/bin/sh
# Everything about the Rust SDK: style, lints, tests on every Rust there is, and modules in a replay. The last line counts
# the tests. What could not run is reported as skipped, never counted as passed.
set -eu
cd "$(dirname "$0")"

# First, so that a Rust that it installs is tested, too.
./toolchain.sh true || [ $? -eq 77 ]

# The newest Rust is the one of the PATH; the system's may be the oldest that is supported.
newest=$(command -v cargo || true)
system=/usr/bin/cargo
results=$(mktemp)
trap 'rm -f "$results"' EXIT
failed=0

# Runs `cargo test` with the given cargo and arguments, and keeps its result lines.
run_tests() {
  cargo=$1
  shift
  version=$("${cargo%cargo}rustc" --version | cut -d ' ' -f 2)
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

if [ -z "$newest" ]; then
  echo 'skipped: no cargo; install Rust from https://rustup.rs or your distribution'
  echo '0 passed, 0 failed'
  exit 77
fi
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
  for manifest in $manifests; do
    cargo fmt --all --check --manifest-path "$manifest" || failed=1
  done
else
  echo 'skipped: cargo fmt is not installed'
fi
# Clippy 0.1.95 is that of Rust 1.95. Where several Rusts are installed, the clippy found may belong to another one.
clippy=$(cargo clippy --version 2>/dev/null | sed -nE 's/^clippy 0\.([0-9]+\.[0-9]+).*/\1/p')
if rustc --version | grep -qF " ${clippy:-none}."; then
  echo '== cargo clippy'
  for manifest in $manifests; do
    cargo clippy --quiet --offline --all --all-targets --manifest-path "$manifest" -- -D warnings || failed=1
  done
else
  echo 'skipped: found no cargo clippy of this Rust'
fi

echo '== cargo doc'
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --offline --no-deps --all || failed=1

run_tests "$newest" --all
if [ "$newest" != $system ] && [ -x $system ]; then run_tests $system --all; fi
run_tests "$newest" --manifest-path $template/Cargo.toml

# The crate with dependencies. Where the registry does not answer, they may have been fetched before.
if cargo fetch --quiet --manifest-path published/Cargo.toml 2>/dev/null; then
  echo '== slung-sdk-published'
  cargo fmt --check --manifest-path published/Cargo.toml || failed=1
  cargo clippy --quiet --offline --all-targets --manifest-path published/Cargo.toml -- -D warnings || failed=1
  RUSTDOCFLAGS='-D warnings' cargo doc --quiet --offline --no-deps --manifest-path published/Cargo.toml || failed=1
  run_tests "$newest" --manifest-path published/Cargo.toml
else
  echo 'skipped: slung-sdk-published: cargo cannot fetch serde'
fi

echo '== modules'
code=0
export CARGO_TARGET_DIR="$PWD/target/wasm"
./build.sh guests/alert target/guests/alert.wasm &&
  ./build.sh guests/extensions target/guests/extensions.wasm &&
  ./build.sh guests/failing target/guests/failing.wasm &&
  ./build.sh guests/published-alert target/guests/published-alert.wasm &&
  ./build.sh --wasi guests/published-alert target/guests/published-alert-wasi.wasm &&
  ./build.sh $template target/guests/template.wasm &&
  ./build.sh ../examples/threshold-alert/rust target/guests/threshold-alert.wasm || code=$?
if [ $code = 77 ]; then
  echo 'skipped: the modules'
elif [ $code != 0 ]; then
  failed=1
else
  (
    cd ../examples/threshold-alert
    PATH=$PWD/../../node_modules/.bin:$PATH ../../runtime/test/tools/asc.ts assembly/index.ts --target release \
      --outFile ../../sdk-rust/target/guests/threshold-alert-assemblyscript.wasm
  ) || failed=1
  run_tests "$newest" --test guests -- --ignored --nocapture
  # As a user runs it: without our target directory.
  PATH=$PWD/../node_modules/.bin:$PATH ./toolchain.sh env -u CARGO_TARGET_DIR slung-test $template \
    ${SLUNG_TEST_RESULTS:+--reporter default --reporter json --outputFile "$SLUNG_TEST_RESULTS/rust-template.json"} || failed=1
fi

counts=$(awk -v failed=$failed '{ passes += $4; fails += $6 } END {
  if (failed && !fails) fails = 1
  printf "%d %d\n", passes, fails
}' "$results")
passes=${counts% *} fails=${counts#* }
# Where `.ci/run` looks for it, in the format of the TypeScript runners.
if [ -n "${SLUNG_TEST_RESULTS:-}" ]; then
  success=$([ "$fails" = 0 ] && echo true || echo false)
  echo "{\"numPassedTests\":$passes,\"numFailedTests\":$fails,\"success\":$success}" >"$SLUNG_TEST_RESULTS/rust.json"
fi
echo "$passes passed, $fails failed"
exit $failed
