//! Compares the raw imports with the one table of the ABI, so that neither changes alone.

use std::collections::BTreeMap;
use std::fs::read_to_string;

/// Signature per `module.name`, in the words of WebAssembly: `i64 i32 -> i32`.
type Imports = BTreeMap<String, String>;

fn read(path: &str) -> String {
    read_to_string([env!("CARGO_MANIFEST_DIR"), path].join("/")).unwrap()
}

/// The imports of `abi.ts`: `declare('group', module, { name: to('result', …, region('a', max), value('b', 'i64')), … })`.
fn read_table() -> Imports {
    let source = read("../runtime/src/guest/contract/abi.ts");
    let modules = [
        ("workflowModule", "env"),
        ("extensionModule", "slung"),
        ("wasiModule", "wasi_snapshot_preview1"),
    ];
    let mut imports = Imports::new();
    for group in source.split("...declare(").skip(1) {
        let group = inside_parentheses(group);
        let (head, body) = group.split_once('{').unwrap();
        let (_, module) = modules.iter().find(|(constant, _)| head.contains(constant)).unwrap();
        for call in ["to(", "wasi("] {
            let separator = [": ", call].concat();
            let mut rest = body;
            while let Some((before, behind)) = rest.split_once(&separator) {
                let name = before.rsplit([' ', '\n']).next().unwrap().trim_matches('\'');
                let signature = table_signature(call, inside_parentheses(behind));
                imports.insert(format!("{}.{}", module, name), signature);
                rest = behind;
            }
        }
    }
    imports
}

/// What precedes the first closing parenthesis that has no opening one.
fn inside_parentheses(text: &str) -> &str {
    let mut depth = 1;
    let closes = |letter: char| {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    };
    text.split(closes).next().unwrap()
}

/// The signature in the arguments of `to(…)` or `wasi(…)`.
fn table_signature(call: &str, arguments: &str) -> String {
    let result = match call {
        "wasi(" => "i32",
        _ => arguments
            .trim_start()
            .strip_prefix('\'')
            .map_or("", |quoted| quoted.split('\'').next().unwrap()),
    };
    let first = arguments
        .find("region(")
        .into_iter()
        .chain(arguments.find("value("))
        .min();
    let parameters = arguments[first.unwrap_or(arguments.len())..]
        .split(')')
        .filter_map(|parameter| {
            let (kind, values) = parameter.split_once('(')?;
            match kind.contains("region") {
                true => Some("i32"),
                false => values.split('\'').nth(3),
            }
        });
    format!("{} -> {}", parameters.collect::<Vec<_>>().join(" "), result)
}

/// The imports of `abi.rs`.
fn read_imports() -> Imports {
    let mut imports = Imports::new();
    let source = read("src/abi.rs");
    for block in source.split("#[link(wasm_import_module = \"").skip(1) {
        let module = block.split('"').next().unwrap();
        let mut link_name = None;
        let flat = block.replace('\n', " ");
        for part in flat.split(';') {
            if let Some((_, name)) = part.split_once("#[link_name = \"") {
                link_name = name.split('"').next();
            }
            if let Some((_, function)) = part.split_once("pub fn ") {
                let (own_name, rest) = function.split_once('(').unwrap();
                let (parameters, result) = rest.split_once(')').unwrap();
                let types = parameters.split(',').filter_map(|parameter| parameter.split_once(": "));
                let parameters: Vec<&str> = types.map(|(_, name)| wasm_type(name)).collect();
                let result = result.trim().strip_prefix("-> ").map_or("", wasm_type);
                let name = format!("{}.{}", module, link_name.take().unwrap_or(own_name));
                imports.insert(name, format!("{} -> {}", parameters.join(" "), result));
            }
        }
    }
    imports
}

/// The type of a Rust type at the border, where addresses have 32 bits.
fn wasm_type(name: &str) -> &'static str {
    match name.trim() {
        "u64" | "i64" => "i64",
        "f64" => "f64",
        "u32" | "i32" | "usize" => "i32",
        pointer if pointer.starts_with('*') => "i32",
        other => panic!("no type of the border: {}", other),
    }
}

#[test]
fn every_raw_import_is_in_the_table_with_its_type() {
    let table = read_table();

    for (name, signature) in read_imports() {
        assert_eq!(Some(&signature), table.get(&name), "{}", name);
    }
}

#[test]
fn every_import_of_a_workflow_and_every_extension_is_declared() {
    let imports = read_imports();
    let table = read_table();

    let names: Vec<&String> = table
        .keys()
        .filter(|name| !name.starts_with("wasi") && !is_of_assemblyscript(name))
        .collect();
    assert_eq!(names.len(), 13);
    for name in names {
        assert!(imports.contains_key(name), "{}", name);
    }
}

/// The `env` imports that its compiler makes.
fn is_of_assemblyscript(name: &str) -> bool {
    name.starts_with("env.") && !name.starts_with("env.u_")
}

#[test]
fn tests_have_a_host_function_for_every_raw_import() {
    let native = read("src/native.rs");
    let source = read("src/abi.rs");
    for function in source.split("pub fn ").skip(1) {
        let name = function.split('(').next().unwrap();
        assert!(native.contains(&format!("pub unsafe fn {}(", name)), "{}", name);
    }
}
