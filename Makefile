# `make demo` shows the main job on sample mails, `make test` runs every test. Both need a Rust toolchain and git, and
# get what else they need by themselves.

CARGO ?= cargo
# Where the demonstration leaves its mailbox, database, replies, summary, table and digest.
DEMO ?= target/demo
.DEFAULT_GOAL := help

# Tests run as root, for Postfix and small disks; what is built belongs to whoever builds.
ifneq ($(shell id -u),0)
test torture latency: export CARGO_TARGET_$(shell uname -m | tr a-z A-Z)_UNKNOWN_LINUX_GNU_RUNNER := sudo -E
endif

.PHONY: help tools needed build demo look test torture latency bench fuzz fmt clippy doc deny check accuracy corpus spellings \
	packers deb release reproducible test-service

help:
	@echo 'make demo              the main job on sample mails: a board, the replies, the summary, the table'
	@echo 'make look              every letter, form and page of the board as pictures, in target/look'
	@echo 'make test              every test; installs what it needs, and starts mail servers of its own'
	@echo 'make test-service      the package, installed in a Debian that is booted for it with systemd and mail servers (root)'
	@echo 'make torture           killed at every named place, twenty times each, on real mail servers (SEEDS=n for fewer); then fuzz'
	@echo 'make latency           how long a school waits for its answer, measured on real mail servers'
	@echo 'make bench             how fast documents are read, against python-docx and mammoth, and how fast the board answers'
	@echo 'make deb               the Debian package, in target/deb (REVISION=n for another one of the same version)'
	@echo 'make release           the package, a static tarball, what they are made of, checksums: in target/svodka-VERSION'
	@echo 'make reproducible      a release twice, in two folders: the same bytes?'
	@echo 'make accuracy          how right it decides about mails drawn at random: the fixed seed and a fresh one (MAILS=n for more)'
	@echo 'make fuzz              any bytes as mails and documents, a minute each; SECONDS_EACH=n for more'
	@echo 'make check             tests, formatting, lints, documentation, dependencies: what .ci/run calls'
	@echo 'make corpus DIR=…      how often a mail of a machine is told from a person’s: a folder of .eml with LABELS.csv'
	@echo 'make spellings DIR=…   the tests on a folder of real spellings of school names'

# A C compiler links the program and builds SQLite and zstd, whose sources come with their crates.
tools:
	@command -v cc >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as=; elif sudo -n true 2>/dev/null; then as=sudo; else \
	echo 'missing Debian packages: gcc libc6-dev (apt-get install gcc libc6-dev)' >&2; exit 1; fi; \
	$$as apt-get update -q && $$as apt-get install -qy --no-install-recommends gcc libc6-dev

build: tools
	$(CARGO) build --locked

demo: tools
	$(CARGO) run --locked -- demo --dir $(DEMO)

look: tools
	tests/look
	$(CARGO) test --locked --features faults --test servers pictures -- --ignored

needed:
	@tests/install

test: needed
	$(CARGO) test --locked --features faults

torture: needed
	SVODKA_SEEDS=$(or $(SEEDS),20) $(CARGO) test --locked --features faults --test servers torture -- --nocapture --ignored
	SVODKA_SEEDS=$(or $(SEEDS),20) $(CARGO) test --locked --features faults --test protection killed
	fuzz/run $(or $(SECONDS_EACH),60)

latency: needed
	$(CARGO) test --locked --release --features faults --test servers latency -- --nocapture --ignored --test-threads 1

# The figures of docs/benchmarks.md.
bench: tools
	$(CARGO) build --locked --release --example read
	python3 benches/reading.py target
	$(CARGO) build --locked --release
	python3 benches/board.py target/release/svodka

packers:
	@packaging/install

deb: packers
	REVISION=$(or $(REVISION),1) packaging/deb

release: packers
	packaging/release

reproducible: packers
	packaging/reproducible

# The package that was made last, or PACKAGE=file.
test-service: needed $(if $(PACKAGE),,deb)
	$(CARGO) test --locked --features faults --test jail --no-run  # as `make test` has built it
	tests/service/run "$(or $(PACKAGE),$$(ls -t target/deb/svodka_*.deb | head -n 1))" target/debug/svodka

fuzz: needed
	fuzz/run $(or $(SECONDS_EACH),60)

fmt:
	$(CARGO) fmt --check

clippy: tools
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --all-targets --features faults -- -D warnings

doc: tools
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --document-private-items

deny:
	$(CARGO) deny --locked check licenses bans sources

check:
	.ci/run

# `make test` runs the fixed seed too, and fewer mails of a fresh one.
accuracy: tools
	SVODKA_MAILS=$(or $(MAILS),2000) $(CARGO) test --locked --features faults --test accuracy -- --nocapture

corpus: tools
	@test -d '$(DIR)' || { echo 'usage: make corpus DIR=folder-of-mails' >&2; exit 2; }
	SVODKA_CORPUS='$(abspath $(DIR))' $(CARGO) test --locked --features faults --test corpus -- --nocapture

spellings: tools
	@test -d '$(DIR)' || { echo 'usage: make spellings DIR=folder-of-names' >&2; exit 2; }
	SVODKA_NAMES='$(abspath $(DIR))' $(CARGO) test --locked --features faults --test spellings -- --nocapture
