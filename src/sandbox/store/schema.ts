/** `derived` ids encode their own `seq`; only ids that a caller chose need an index. `space` is the id of the account scope. */
export const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY, space INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
    derived INTEGER NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS objects_id ON objects (space, type, id) WHERE derived = 0;
  CREATE INDEX IF NOT EXISTS objects_newest ON objects (space, type, created);
  CREATE INDEX IF NOT EXISTS codes_code ON objects (space, lower(body ->> 'code'), created) WHERE type = 'promotion_code';
  CREATE INDEX IF NOT EXISTS codes_coupon ON objects (space, body ->> 'couponSeq', created) WHERE type = 'promotion_code';
  CREATE INDEX IF NOT EXISTS codes_customer ON objects (space, body ->> 'customer', created) WHERE type = 'promotion_code';
  CREATE INDEX IF NOT EXISTS discounts_customer ON objects (space, body ->> 'customer') WHERE type = 'discount';
  CREATE TABLE IF NOT EXISTS kept_answers (
    seq INTEGER PRIMARY KEY, hash INTEGER NOT NULL, space INTEGER NOT NULL, key TEXT NOT NULL,
    created INTEGER NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, request_id TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS kept_answers_hash ON kept_answers (hash);
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS saved_states (name TEXT PRIMARY KEY, created INTEGER NOT NULL, body TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS saved_objects (
    name TEXT NOT NULL, seq INTEGER NOT NULL, space INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
    derived INTEGER NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (name, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS saved_answers (
    name TEXT NOT NULL, seq INTEGER NOT NULL, hash INTEGER NOT NULL, space INTEGER NOT NULL, key TEXT NOT NULL,
    created INTEGER NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, request_id TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (name, seq)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO settings
    VALUES ('keys', json_array(random() >> 33, random() >> 33, random() >> 33, random() >> 33));
`
