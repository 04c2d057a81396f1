-- +goose Up
CREATE TABLE search_doc (
  id       INTEGER NOT NULL PRIMARY KEY,
  ref_kind TEXT    NOT NULL,
  ref_id   BLOB    NOT NULL,
  in_kind  TEXT    NOT NULL,
  in_id    BLOB    NOT NULL,
  title    TEXT    NOT NULL,
  body     TEXT    NOT NULL,
  author   BLOB,
  at       INTEGER NOT NULL,
  past     INTEGER NOT NULL,
  UNIQUE (ref_id, ref_kind)
) STRICT;
CREATE INDEX search_doc_in ON search_doc (in_id, in_kind);

CREATE TABLE search_audience (
  doc INTEGER NOT NULL REFERENCES search_doc (id) ON DELETE CASCADE,
  who BLOB    NOT NULL,
  PRIMARY KEY (doc, who)
) STRICT, WITHOUT ROWID;

-- The words of search_doc, folded and cut in Go, parted by spaces. It keeps no
-- text: what is deleted from it is given again.
CREATE VIRTUAL TABLE search_fts USING fts5 (title, body, content = '', tokenize = 'ascii');
INSERT INTO search_fts (search_fts, rank) VALUES ('secure-delete', 1);

-- +goose Down
DROP TABLE search_fts;
DROP TABLE search_audience;
DROP TABLE search_doc;
