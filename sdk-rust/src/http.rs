//! Writebacks to the outside world: one HTTP request, which the workflow waits for.
//!
//! ```
//! # use slung::testing::MockHost;
//! # let host = MockHost::install();
//! # host.answer_http(503, "");
//! use slung::{http, log, Json};
//!
//! let body = Json::object().set("level", "high");
//! match http::post("https://hooks.example.com/alerts", body) {
//!     Ok(response) => log::info!("{}", response.text()),
//!     Err(error) => log::warn!("the hook answered {}", error.status()),
//! }
//! # assert_eq!(host.take_effects()[1].to_string(), "stderr warn: the hook answered 503");
//! ```

use crate::abi::{slung_http_status, u_writeback_http};
use crate::error::last_error;
use crate::region::{Lent, Owned};
use crate::text::tell;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

thread_local! {
    // Ordinal of the latest request: the host remembers the status of that one only.
    static LATEST: Cell<u32> = const { Cell::new(0) };
}

/// Sends a GET.
///
/// # Errors
///
/// An [`HttpError`] when there was no response or its status is not 2xx; this holds for every function of this module.
pub fn get(url: &str) -> Result<HttpResponse, HttpError> {
    request(Method::Get, url, "")
}

/// Sends a POST.
pub fn post(url: &str, body: impl AsRef<str>) -> Result<HttpResponse, HttpError> {
    request(Method::Post, url, body.as_ref())
}

/// Sends a PUT.
pub fn put(url: &str, body: impl AsRef<str>) -> Result<HttpResponse, HttpError> {
    request(Method::Put, url, body.as_ref())
}

/// Sends a DELETE.
pub fn delete(url: &str) -> Result<HttpResponse, HttpError> {
    request(Method::Delete, url, "")
}

/// A method, with its number in the ABI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Method {
    Get = 0,
    Post = 1,
    Put = 2,
    Delete = 3,
}

/// A response with a 2xx status.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpResponse {
    /// The body as received.
    pub body: Vec<u8>,
    request: Request,
}

impl HttpResponse {
    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The status of the response.
    ///
    /// Extension: using it makes the workflow import `slung.http_status`. Read it before the next request; after
    /// that it is gone and reads as 0.
    pub fn status(&self) -> u32 {
        self.request.status()
    }
}

/// A request that got no response with a 2xx status.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpError {
    method: Method,
    url: String,
    request: Request,
}

impl HttpError {
    /// The status of the response; 0 when there was none (refused by the host, timed out, not connected).
    ///
    /// Extension: using it makes the workflow import `slung.http_status`. Read it before the next request; after
    /// that it is gone and reads as 0.
    pub fn status(&self) -> u32 {
        self.request.status()
    }

    /// Why it failed, in the host's words. Extension, see [`Error::reason`](crate::Error::reason).
    pub fn reason(&self) -> String {
        last_error()
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        let reason = "\": expected a response with a 2xx status, and none came";
        tell(f, &["cannot complete ", method, " \"", &self.url, reason])
    }
}

impl std::error::Error for HttpError {}

/// The ordinal of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Request(u32);

impl Request {
    fn next() -> Request {
        let ordinal = latest().wrapping_add(1);
        let _ = LATEST.try_with(|latest| latest.set(ordinal));
        Request(ordinal)
    }

    fn status(self) -> u32 {
        if latest() != self.0 {
            return 0;
        }
        // SAFETY: no Region is involved.
        unsafe { slung_http_status() }
    }
}

// Without the panic of `with`, which no workflow can reach.
fn latest() -> u32 {
    LATEST.try_with(Cell::get).unwrap_or(0)
}

pub(crate) fn request(method: Method, url: &str, body: &str) -> Result<HttpResponse, HttpError> {
    let request = Request::next();
    let url_region = Lent::new(url.as_bytes());
    let body_region = Lent::new(body.as_bytes());
    // SAFETY: the Regions live until the end of this function, and the host gives the answer's Region to the guest.
    let answer = unsafe {
        Owned::take(u_writeback_http(
            url_region.address(),
            body_region.address(),
            method as u32,
        ))
    };
    match answer {
        Some(body) => Ok(HttpResponse {
            body: body.to_vec(),
            request,
        }),
        None => Err(HttpError {
            method,
            url: url.to_owned(),
            request,
        }),
    }
}
