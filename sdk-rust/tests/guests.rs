//! The modules that `test.sh` builds with a Rust for WebAssembly: what they import, how large they are, and what they do in
//! a replay. `cargo test` alone reports them as ignored.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

const HOT: &str = "../examples/threshold-alert/fixtures/hot.csv";
const COOL: &str = "../examples/threshold-alert/fixtures/cool.csv";

fn built(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/guests").join(name)
}

/// What `slung-test` prints.
fn slung_test(arguments: &[&OsStr]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let commands = root.join("../node_modules/.bin");
    // The repository brings its own node.
    let path = format!("{}:{}", commands.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new(commands.join("slung-test"))
        .env("PATH", path)
        .current_dir(root)
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What a workflow does over a fixture.
fn replay(module: &Path, fixture: &str, http: &str) -> String {
    let arguments = ["replay".as_ref(), module.as_os_str(), fixture.as_ref()];
    slung_test(&[&arguments[..], &["--http".as_ref(), http.as_ref(), "--json".as_ref()]].concat())
}

/// What this test needs of a module.
struct Module {
    imports: Vec<String>,
    exports: Vec<String>,
    bytes: usize,
    name_bytes: usize,
}

impl Module {
    fn read(path: &Path) -> Module {
        let binary = std::fs::read(path).unwrap();
        let mut module = Module {
            imports: Vec::new(),
            exports: Vec::new(),
            bytes: binary.len(),
            name_bytes: 0,
        };
        let mut rest = &binary[8..];
        while let [id, tail @ ..] = rest {
            rest = tail;
            let length = read_number(&mut rest);
            let (mut section, tail) = rest.split_at(length);
            rest = tail;
            match id {
                0 if read_text(&mut section) == "name" => module.name_bytes = length,
                2 => module.imports = read_imports(&mut section),
                7 => module.exports = read_exports(&mut section),
                _ => {}
            }
        }
        module
    }
}

fn read_number(rest: &mut &[u8]) -> usize {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = rest[0];
        *rest = &rest[1..];
        number |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return number;
        }
    }
}

fn read_text(rest: &mut &[u8]) -> String {
    let length = read_number(rest);
    let (text, tail) = rest.split_at(length);
    *rest = tail;
    String::from_utf8(text.to_vec()).unwrap()
}

/// Functions only, as guests have.
fn read_imports(rest: &mut &[u8]) -> Vec<String> {
    let count = read_number(rest);
    let mut imports: Vec<String> = (0..count)
        .map(|_| {
            let (module, name) = (read_text(rest), read_text(rest));
            assert_eq!(read_number(rest), 0, "{}.{} is no function", module, name);
            read_number(rest);
            format!("{}.{}", module, name)
        })
        .collect();
    imports.sort();
    imports
}

fn read_exports(rest: &mut &[u8]) -> Vec<String> {
    let count = read_number(rest);
    let mut exports: Vec<String> = (0..count)
        .map(|_| {
            let name = read_text(rest);
            *rest = &rest[1..];
            read_number(rest);
            name
        })
        .collect();
    exports.sort();
    exports
}

#[test]
#[ignore = "test.sh builds the module"]
fn a_workflow_imports_only_what_it_uses_and_no_extension() {
    let module = Module::read(&built("alert.wasm"));

    let expected = [
        "env.u_free_handle",
        "env.u_poll_handle",
        "env.u_query_live",
        "env.u_writeback_http",
        "env.u_writeback_ws",
        "wasi_snapshot_preview1.fd_write",
    ];
    assert_eq!(module.imports, expected);
    for name in ["allocate", "call", "deallocate", "memory"] {
        assert!(module.exports.iter().any(|own| own == name), "{}", name);
    }
}

#[test]
#[ignore = "test.sh builds the module"]
fn the_extensions_are_imported_by_whoever_asks_for_them() {
    let module = Module::read(&built("extensions.wasm"));

    let extensions: Vec<&String> = module
        .imports
        .iter()
        .filter(|name| name.starts_with("slung."))
        .collect();
    let expected = [
        "slung.http_status",
        "slung.last_error",
        "slung.now",
        "slung.state_delete",
        "slung.state_get",
        "slung.state_set",
    ];
    assert_eq!(extensions, expected);
}

#[test]
#[ignore = "test.sh builds the module"]
fn an_alert_and_the_template_stay_small() {
    // Their sizes when this was last changed, with the oldest Rust, so that a change shows.
    for (name, known_bytes, bytes_max) in [("alert.wasm", 31_379, 25_000), ("template.wasm", 38_096, 31_000)] {
        let Module { bytes, name_bytes, .. } = Module::read(&built(name));

        let change = bytes as i64 - known_bytes;
        println!(
            "{}: {} bytes ({:+}), {} without names",
            name,
            bytes,
            change,
            bytes - name_bytes
        );
        assert!(name_bytes > 0);
        assert!(bytes - name_bytes <= bytes_max);
    }
}

#[test]
#[ignore = "test.sh builds the module"]
fn the_published_example_alerts_above_the_average() {
    for name in ["published-alert.wasm", "published-alert-wasi.wasm"] {
        let timeline = replay(&built(name), HOT, "deny");

        let alert = "\"producer\":1,\"text\":\"ALERT: threshold exceeded\"}";
        assert_eq!(timeline.matches(alert).count(), 4, "{}", timeline);
        assert!(timeline.contains("\"outcome\":\"drained\""), "{}", timeline);
    }
    let quiet = replay(&built("published-alert.wasm"), COOL, "deny");
    assert_eq!(quiet.lines().count(), 1, "{}", quiet);
}

#[test]
#[ignore = "test.sh builds the module"]
fn the_template_alerts_over_its_own_fixture() {
    let timeline = replay(&built("template.wasm"), "target/template/fixtures/hot.csv", "ok");

    assert_eq!(timeline.matches("temperature is high").count(), 1, "{}", timeline);
    assert_eq!(timeline.matches("temperature is normal").count(), 1, "{}", timeline);
}

#[test]
#[ignore = "test.sh builds the module"]
fn both_languages_make_the_same_timeline() {
    for fixture in [HOT, COOL] {
        for http in ["ok", "deny"] {
            let assemblyscript = replay(&built("threshold-alert-assemblyscript.wasm"), fixture, http);
            let rust = replay(&built("threshold-alert.wasm"), fixture, http);

            assert!(rust.contains("\"kind\":\"end\""));
            assert_eq!(rust, assemblyscript);
        }
    }
}

#[test]
#[ignore = "test.sh builds the module"]
fn a_refusal_and_a_panic_are_told_in_words() {
    let module = built("extensions.wasm");
    let variables = ["--env", "LIMIT=-5e-1", "--env", "ROOM=cold store"].map(AsRef::as_ref);
    let timeline = slung_test(
        &[
            &["replay".as_ref(), module.as_os_str(), COOL.as_ref(), "--json".as_ref()],
            &variables[..],
        ]
        .concat(),
    );

    let room = "\"text\":\"room Some(\\\"cold store\\\"), limit Ok(Some(-0.5))\"";
    assert!(timeline.contains(room), "{}", timeline);

    let state = "\"text\":\"runs Ok(Some(1.0))\"";
    assert!(timeline.contains(state), "{}", timeline);

    let refusal = "cannot subscribe to \\\"AVERAGE:temp:[]\\\": the host refused the query";
    assert!(timeline.contains(refusal), "{}", timeline);
    assert!(timeline.contains("\"text\":\"status 0: "), "{}", timeline);
    let panic = "\"stream\":\"stderr\",\"text\":\"panicked at extensions/src/lib.rs:";
    assert!(timeline.contains(panic), "{}", timeline);
    assert!(timeline.contains("\"outcome\":\"trapped\""), "{}", timeline);
}

/// What ends a replay of one sample with this value: why, and one line for each frame.
fn failure(value: u8) -> String {
    let fixture = format!("target/guests/way-{}.csv", value);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::write(
        root.join(&fixture),
        format!("timestamp,series,value\n1,way,{}\n", value),
    )
    .unwrap();
    let module = built("failing.wasm");
    let output = slung_test(&["replay".as_ref(), module.as_os_str(), fixture.as_ref()]);
    let start = output.find("the workflow trapped after 1 row: ");
    output[start.unwrap_or_else(|| panic!("{}", output))..]
        .trim_end()
        .to_string()
}

#[test]
#[ignore = "test.sh builds the module"]
fn a_panic_shows_the_functions_of_the_author_only() {
    let end = failure(1);

    let reason = "reached an \"unreachable\" instruction: panicked at failing/src/lib.rs:61:";
    assert!(end.contains(reason), "{}", end);
    let frames: Vec<&str> = end.lines().skip(1).collect();
    assert_eq!(frames, ["    in call"]);
}

#[test]
#[ignore = "test.sh builds the module"]
fn running_out_of_memory_and_out_of_stack_have_names() {
    let memory = failure(2);
    assert!(
        memory.contains("the guest ran out of memory: an allocation failed"),
        "{}",
        memory
    );
    assert!(memory.ends_with("\n    in call"), "{}", memory);

    for (value, function) in [(3, "failing::descend"), (4, "failing::spread")] {
        let stack = failure(value);
        assert!(
            stack.contains("overflowed its own stack of 1,048,576 bytes"),
            "{}",
            stack
        );
        assert!(stack.contains(&format!("\n    in {}", function)), "{}", stack);
    }
}

#[test]
#[ignore = "test.sh builds the module"]
fn coverage_counts_the_functions_of_the_author_only() {
    let output = slung_test(&[
        "guests/failing/failing.slung.yaml".as_ref(),
        "--coverage".as_ref(),
        "--coverage.dir=target/coverage".as_ref(),
    ]);

    // `call` with what is inlined into it, `twice`, and `Level`'s `fmt` ran; `descend` and `spread` did not.
    assert!(output.contains("3/5  60.0 %"), "{}", output);
    for function in ["failing::descend", "failing::spread"] {
        assert!(output.contains(&format!("function  {}\n", function)), "{}", output);
    }
}
