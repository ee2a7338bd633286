-- Several campaigns at once: what each of them makes of a message. One mail can serve two.
CREATE TABLE shares (
    message  INTEGER NOT NULL REFERENCES messages (id),
    campaign TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    PRIMARY KEY (message, campaign)
) STRICT, WITHOUT ROWID;
INSERT INTO shares (message, campaign, action)
SELECT id, campaign, state FROM messages WHERE campaign IS NOT NULL AND duplicate_of IS NULL AND state <> 'received';
-- Mails are counted for each campaign.
CREATE INDEX shares_counted ON shares (campaign, action);
DROP INDEX messages_counted;

-- A message is answered once for each campaign.
DROP INDEX outbox_answer;
CREATE UNIQUE INDEX outbox_answer ON outbox (message, campaign, kind, coalesce(ruling, 0)) WHERE message IS NOT NULL;
