//! What the board refuses, whoever asks.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::committee::{Committee, STAFF};

const CROSS: [(&str, &str); 2] = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];

#[test]
fn a_form_without_its_token_does_nothing() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.signed_in(STAFF);
    let (own, other) = (browser.get("/").csrf(), daemon.browser().get("/sign-in").csrf());
    for fields in [
        vec![],
        vec![("csrf", "")],
        vec![("csrf", other.as_str())],
        vec![("csrf", own.strip_prefix(|_: char| true).unwrap())],
        vec![("crsf", own.as_str())],
    ] {
        let page = browser.post("/sign-out", &fields);
        assert_eq!(page.status, 403, "{fields:?}");
        assert!(browser.is_signed_in());
    }
    assert_eq!(browser.post("/sign-out", &[("csrf", &own)]).status, 303);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_form_of_another_site_does_nothing_even_with_the_token() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.signed_in(STAFF);
    let csrf = browser.get("/").csrf();
    for headers in [
        &CROSS[..1],
        &CROSS[1..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[("origin", &daemon.base.replace("http:", "https:"))],
    ] {
        let page = browser.post_with("/sign-out", &[("csrf", &csrf)], headers);
        assert_eq!(page.status, 403, "{headers:?}");
        assert!(page.body.contains("с другого сайта"), "{}", page.body);
    }
    // A browser that says nothing about it has the token to show.
    assert!(browser.is_signed_in());
    assert_eq!(browser.post_with("/sign-out", &[("csrf", &csrf)], &[]).status, 303);
}

#[test]
fn a_form_with_a_file_has_its_token_first() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.signed_in(STAFF);
    let csrf = browser.get("/").csrf();
    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let file = "x".repeat(20_000);
    for body in [
        part("other", "1") + &part("csrf", &csrf),
        part("csrf", "0"),
        part("file", &file) + &part("csrf", &csrf),
        String::new(),
    ] {
        let body = body + "--b--\r\n";
        assert_eq!(browser.sends("POST", "/sign-out", &kind, body.into_bytes()).status, 403);
    }
    assert!(browser.is_signed_in());
    let whole = part("csrf", &csrf) + &part("file", &file) + "--b--\r\n";
    assert_eq!(browser.sends("POST", "/sign-out", &kind, whole.into_bytes()).status, 303);
}

#[test]
fn a_page_that_takes_a_file_takes_a_large_one_and_no_other_page_does() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.signed_in(STAFF);
    let csrf = browser.get("/").csrf();
    let field =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let scan = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"scan.txt\"\r\n\r\n{}\r\n--b--\r\n",
        "x ".repeat(100 << 10)
    );
    let body =
        field("csrf", &csrf) + &field("way", "paper") + &field("date", "2022-11-10") + &field("draft", "1") + &scan;
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let taken = browser.sends("POST", "/school/kirishi-3/received", &kind, body.into_bytes());
    assert_eq!((taken.status, taken.location()), (303, "/school/kirishi-3"), "{}", taken.body);
    assert!(browser.get("/school/kirishi-3").body.contains("Внесено и учтено"));
    // Elsewhere so much is not even looked at.
    let body = field("csrf", &csrf) + &field("number", "1") + &scan;
    let refused = browser.sends("POST", "/obligations/tick", &kind, body.into_bytes());
    assert!(matches!(refused.status, 400 | 413 | 415), "{}", refused.status);
}

#[test]
fn what_was_typed_is_kept_when_the_session_has_ended_meanwhile() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let ours = [("sec-fetch-site", "same-origin"), ("referer", &format!("{}/review/7", daemon.base))];
    let typed = [("csrf", "old"), ("words", "Уважаемые <коллеги> & \"друзья\"")];
    let page = browser.post_with("/review/7/ask", &typed, &ours);
    assert_eq!(page.status, 401);
    assert!(page.body.contains("sign-in?next=%2Freview%2F7"), "{}", page.body);
    assert!(page.body.contains("Уважаемые &lt;коллеги&gt; &amp; &quot;друзья&quot;"), "{}", page.body);
    assert!(!page.body.contains("<коллеги>") && !page.body.contains("value=\"old\""));
    // Signed in, it is sent with one more click, which has the new token.
    let mut browser = daemon.signed_in(STAFF);
    let page = browser.post_with("/review/7/ask", &typed, &ours);
    assert_eq!(page.status, 403);
    assert!(page.body.contains("Отправить ещё раз") && page.body.contains("&lt;коллеги&gt;"), "{}", page.body);
    assert_eq!(page.csrf(), browser.get("/").csrf());
    // So it is with a page that has been open for long before anybody has signed in.
    let mut stranger = daemon.browser();
    let page = stranger.post_with("/sign-in", &[("csrf", "old"), ("address", STAFF)], &ours);
    assert_eq!((page.status, page.field("address").as_deref()), (403, Some(STAFF)));
    assert_eq!(stranger.post("/sign-in", &[("csrf", &page.csrf()), ("address", STAFF)]).status, 303);
    // Where nothing says that a page of ours has sent it, nothing of it comes back.
    let page = browser.post_with("/review/7/ask", &typed, &[]);
    assert!(page.status == 403 && !page.body.contains("коллеги"), "{}", page.body);
}

#[test]
fn under_a_name_that_is_not_ours_nothing_is_shown() {
    let committee = Committee::with("url = \"http://svodka.example.org\"");
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    for host in
        ["evil.example", "evil.example:8025", "127.0.0.1.evil.example", "svodka.example.org.evil.example", "@", ""]
    {
        let page = browser.get_with("/sign-in", &[("host", host)]);
        assert!(matches!(page.status, 400 | 421), "{host}: {}", page.status);
        assert!(!page.body.contains("csrf"), "{host}: {}", page.body);
    }
    for host in ["svodka.example.org", "SVODKA.example.org", "localhost:1", "127.0.0.1", "[::1]:8025"] {
        assert_eq!(browser.get_with("/sign-in", &[("host", host)]).status, 200, "{host}");
    }
    let bare = said_to(&daemon.base, "GET /sign-in HTTP/1.1");
    assert!(bare.starts_with("HTTP/1.1 421"), "{bare}");
    let two = "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nHost: evil.example";
    assert!(said_to(&daemon.base, two).starts_with("HTTP/1.1 4"));
    let absolute = "GET http://evil.example/sign-in HTTP/1.1\r\nHost: localhost";
    assert!(!said_to(&daemon.base, absolute).contains("evil.example"));
}

/// What is answered to a request with these first lines.
fn said_to(base: &str, lines: &str) -> String {
    let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // Whoever has seen enough answers before it has read everything.
    let _ = stream.write_all(format!("{lines}\r\nConnection: close\r\n\r\n").as_bytes());
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn every_response_bears_what_protects_whoever_looks_at_it() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.signed_in(STAFF);
    let mut stranger = daemon.browser();
    let answers = [
        browser.get("/"),
        browser.get("/no/such/page"),
        browser.get("/sign-in"),
        browser.post("/sign-out", &[]),
        browser.sends("DELETE", "/", &[], Vec::new()),
        stranger.get("/"),
        stranger.get("/sign-in"),
        stranger.get("/sign-in/0"),
        stranger.get("/events"),
        stranger.get("/assets/board.css"),
        stranger.get("/assets/none"),
        stranger.get_with("/", &[("host", "evil.example")]),
        stranger.post_with("/sign-in", &[], &CROSS),
    ];
    for answer in &answers {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"), "{answer:?}");
        assert!(!policy.contains("unsafe") && policy.contains("form-action 'self'"), "{answer:?}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{}: {name}", answer.path);
        }
        let kept = if answer.path == "/assets/board.css" { "no-cache" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), kept, "{}", answer.path);
        // A refusal is a page that says what to do next.
        if answer.status >= 400 {
            assert!(answer.body.contains("lang=\"ru\"") && answer.body.contains("class=\"button"), "{answer:?}");
        }
    }
    for answer in &answers {
        assert!(
            !answer.body.contains("<script>") && !answer.body.contains(" style=") && !answer.body.contains(" onclick=")
        );
    }
}

#[test]
fn an_asset_is_kept_for_ever_under_the_name_of_its_content() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let plain = browser.get("/assets/board.css");
    let tag = plain.header("etag").to_owned();
    assert_eq!(browser.get_with("/assets/board.css", &[("if-none-match", &tag)]).status, 304);
    let named = browser.get(&format!("/assets/board.css?v={}", tag.trim_matches('"')));
    assert!(named.header("cache-control").contains("immutable") && named.body == plain.body);
    assert_eq!(browser.get("/assets/board.css?v=0").header("cache-control"), "no-cache");
    assert!(browser.cookies.is_empty());
    for path in ["/assets/..%2f..%2fsvodka.toml", "/assets/", "/assets/../svodka.toml"] {
        assert_ne!(browser.get(path).status, 200, "{path}");
    }
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_of_clear_connections() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let cookie = daemon.browser().get("/sign-in").header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("svodka=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    daemon.stops();
    committee.sets(STAFF, "url = \"https://svodka.example.org\"");
    let daemon = committee.opens();
    let cookie = daemon.browser().get("/sign-in").header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-svodka=") && cookie.contains("Secure") && cookie.contains("Path=/"), "{cookie}");
    // Its links, and the forms that come by it, are those of its address.
    let mut browser = daemon.browser();
    let proxied = [("host", "svodka.example.org"), ("x-forwarded-for", "203.0.113.9")];
    let csrf = browser.get_with("/sign-in", &proxied).csrf();
    let fields = [("csrf", csrf.as_str()), ("address", STAFF)];
    let clear = [proxied.as_slice(), &[("origin", "http://svodka.example.org")]].concat();
    assert_eq!(browser.post_with("/sign-in", &fields, &clear).status, 403);
    let secure = [proxied.as_slice(), &[("origin", "https://svodka.example.org")]].concat();
    assert_eq!(browser.post_with("/sign-in", &fields, &secure).status, 303);
    let letter = crate::committee::until("a letter", || committee.letters_to(STAFF).pop());
    assert!(letter.contains("\nhttps://svodka.example.org/sign-in/"), "{letter}");
}

#[test]
fn after_signing_in_one_never_lands_elsewhere() {
    let committee = Committee::new();
    let daemon = committee.opens();
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "/sign-out",
    ] {
        let mut browser = daemon.browser();
        browser.get(&format!("/sign-in?next={}", next.replace('/', "%2F").replace('\\', "%5C")));
        let link = daemon.asked(&mut browser, if next.len() % 2 == 0 { STAFF } else { crate::committee::READER });
        let csrf = browser.get(&link).csrf();
        let answer = browser.post(&link, &[("csrf", &csrf)]);
        let to = answer.location();
        assert!(to == "/" || to == "/%09/evil.example", "{next} led to {to}");
    }
}

#[test]
fn a_stranger_who_asks_too_much_is_put_off_and_nobody_else() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let csrf = browser.get("/sign-in").csrf();
    let mut ask = |client: &str| {
        let fields = [("csrf", csrf.as_str()), ("address", "nobody@elsewhere.example")];
        browser.post_with("/sign-in", &fields, &[("x-forwarded-for", client)]).status
    };
    let first: Vec<u16> = (0..31).map(|_| ask("203.0.113.9")).collect();
    assert_eq!((&first[..30], first[30]), (&[303; 30][..], 429));
    // What a client says of itself before our own proxy does, makes nobody another one.
    assert_eq!(ask("198.51.100.1, 203.0.113.9"), 429);
    assert_eq!(ask("203.0.113.10"), 303);
    let page = browser.get_with("/sign-in", &[("x-forwarded-for", "203.0.113.9")]);
    assert_eq!(page.status, 200);
}

#[test]
fn what_is_too_large_is_not_read() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.signed_in(STAFF);
    let csrf = browser.get("/").csrf();
    let page = browser.post("/sign-out", &[("csrf", &csrf), ("much", &"x".repeat(64 << 10))]);
    assert_eq!(page.status, 413);
    assert!(browser.is_signed_in());
    let json = browser.sends("POST", "/sign-out", &[("content-type", "application/json")], b"{}".to_vec());
    assert_eq!(json.status, 400);
    let fields: String = (0..100).map(|number| format!("\r\nx-{number}: 1")).collect();
    let many = said_to(&daemon.base, &format!("GET /sign-in HTTP/1.1\r\nHost: localhost{fields}"));
    assert!(many.starts_with("HTTP/1.1 431"), "{many}");
    let long = said_to(&daemon.base, &format!("GET /{} HTTP/1.1\r\nHost: localhost", "a".repeat(40 << 10)));
    assert!(long.is_empty() || long.starts_with("HTTP/1.1 4"), "{}", long.lines().next().unwrap_or_default());
    assert!(browser.is_signed_in());
}
