//! The attribute `#[slung::main]`, written on bare `proc_macro`, so that a workflow builds without downloading
//! anything.
#![deny(missing_docs)]

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// Makes a function the entry of a workflow: the export `call`, which the host calls once.
///
/// The function takes nothing and returns `()` or a `Result<(), E>` whose error can be displayed. `call` answers 0 for
/// ok and 1 for an error, after it has written the error to stderr. A function not named `main` gets a `fn main` beside
/// it, so that it can also be in `src/main.rs`.
#[proc_macro_attribute]
pub fn main(attribute: TokenStream, item: TokenStream) -> TokenStream {
    match expand(attribute, item.clone()) {
        Ok(entry) => item.into_iter().chain(entry).collect(),
        // The function stays, so that ours is the only error.
        Err(fault) => item.into_iter().chain(fault.into_compile_error()).collect(),
    }
}

/// What is wrong with the annotated item, and where.
struct Fault {
    message: &'static str,
    span: Span,
}

fn expand(attribute: TokenStream, item: TokenStream) -> Result<TokenStream, Fault> {
    if let Some(token) = attribute.into_iter().next() {
        let message = "#[slung::main] takes no arguments";
        return Err(Fault {
            message,
            span: token.span(),
        });
    }
    let name = find_name(item)?;
    // Everything that can be written as ordinary Rust is in slung's own `__entry!`.
    let mut entry = format!("::slung::__entry! {{ {} }}", name);
    if name.to_string() != "main" {
        entry += &format!("#[allow(dead_code)] fn main() {{ ::slung::__enter({}); }}", name);
    }
    let entry: TokenStream = entry.parse().expect("the entry is well-formed Rust");
    Ok(respan(entry, name.span()))
}

/// The name of a function without parameters, generics, `async` or `unsafe`.
fn find_name(item: TokenStream) -> Result<Ident, Fault> {
    let mut tokens = item.into_iter();
    let mut modifier: Option<Ident> = None;
    let end = loop {
        match tokens.next() {
            Some(TokenTree::Ident(word)) => match word.to_string().as_str() {
                "fn" => break word.span(),
                "async" | "unsafe" => modifier = modifier.or(Some(word)),
                _ => {}
            },
            Some(_) => {}
            None => {
                let message = "#[slung::main] expects a function: fn main() -> Result<()>";
                return Err(Fault {
                    message,
                    span: Span::call_site(),
                });
            }
        }
    };
    if let Some(word) = modifier {
        let message = match word.to_string().as_str() {
            "async" => {
                "#[slung::main] expects a plain function: a workflow has no executor and host calls wait by \
                 themselves; remove `async`"
            }
            _ => "#[slung::main] expects a plain function: remove `unsafe`",
        };
        return Err(Fault {
            message,
            span: word.span(),
        });
    }
    let name = match tokens.next() {
        Some(TokenTree::Ident(name)) => name,
        _ => {
            let message = "#[slung::main] expects a function with a name";
            return Err(Fault { message, span: end });
        }
    };
    match tokens.next() {
        Some(TokenTree::Group(parameters))
            if parameters.delimiter() == Delimiter::Parenthesis && parameters.stream().is_empty() =>
        {
            Ok(name)
        }
        other => Err(Fault {
            message: "#[slung::main] expects a function without parameters and generics: the host passes nothing",
            span: other.map_or(end, |token| token.span()),
        }),
    }
}

/// Points all tokens at `span`, so that a wrong return type is reported at the user's function.
fn respan(stream: TokenStream, span: Span) -> TokenStream {
    let respan_token = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), respan(group.stream(), span));
            inner.set_span(span);
            TokenTree::Group(inner)
        }
        mut token => {
            token.set_span(span);
            token
        }
    };
    stream.into_iter().map(respan_token).collect()
}

impl Fault {
    fn into_compile_error(self) -> TokenStream {
        let mut message = Literal::string(self.message);
        message.set_span(self.span);
        let mut bang = Punct::new('!', Spacing::Alone);
        bang.set_span(self.span);
        let text = TokenStream::from(TokenTree::Literal(message));
        let mut arguments = Group::new(Delimiter::Brace, text);
        arguments.set_span(self.span);
        let name = Ident::new("compile_error", self.span);
        [
            TokenTree::Ident(name),
            TokenTree::Punct(bang),
            TokenTree::Group(arguments),
        ]
        .into_iter()
        .collect()
    }
}
