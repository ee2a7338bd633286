-- Who signs in to the board. The log of events names people by these numbers alone.
CREATE TABLE accounts (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    address TEXT    NOT NULL UNIQUE
) STRICT;

-- Browsers. What stands here is the hash of what the browser holds: whoever reads this table can be nobody by it.
CREATE TABLE sessions (
    id      TEXT    NOT NULL PRIMARY KEY,
    -- NULL: nobody has signed in with it yet.
    account INTEGER REFERENCES accounts (id),
    data    TEXT    NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_seen ON sessions (seen_at);

-- Links for signing in, by their hashes.
CREATE TABLE sign_ins (
    token      TEXT    NOT NULL PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    -- The session of the browser that asked; NULL: it was printed, and works in any.
    browser    TEXT,
    -- The letter that brings it, as long as that holds it.
    outbox     INTEGER,
    asked_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX sign_ins_asked ON sign_ins (asked_at);
