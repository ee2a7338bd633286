-- The summaries that staff got by e-mail, each with where everything stood: the next one tells what has changed. The
-- first row of an audience is the beginning, without a letter.
CREATE TABLE summaries (
    campaign TEXT    NOT NULL,
    -- '' for the staff, else the address of a coordinator.
    audience TEXT    NOT NULL,
    -- The time of the schedule for which it was made.
    slot     INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    snapshot TEXT,
    PRIMARY KEY (campaign, audience, slot)
) STRICT;
DROP TABLE reports;

-- Whether staff have been told at once that a person must decide.
ALTER TABLE reviews ADD COLUMN told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1));
UPDATE reviews SET told = 1;
CREATE INDEX reviews_untold ON reviews (id) WHERE told = 0;
