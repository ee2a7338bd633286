# `make demo` and `make test` need nothing but the Rust toolchain and a C compiler.
.PHONY: demo test build fmt clippy doc deny corpus needs

build: needs
	cargo build --locked

demo: needs
	cargo run --locked --quiet -- demo --dir target/demo

test: needs
	cargo test --locked

# SQLite and zstd are compiled from their sources, so a C compiler must be there.
needs:
	@command -v cc >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq gcc libc6-dev; \
	  elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq gcc libc6-dev; \
	  else echo "missing Debian packages: gcc libc6-dev"; exit 1; fi; }

fmt:
	cargo fmt --check

clippy:
	cargo clippy --locked --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

deny:
	cargo deny --locked check licenses bans sources

# make corpus DIR=folder: how often a machine's mail is seen as one (a folder of .eml files with LABELS.csv).
corpus:
	SVODKA_CORPUS="$(abspath $(DIR))" cargo test --locked --test scenarios corpus -- --nocapture
