-- +goose Up
CREATE TABLE search_doc (
  id       bigint  NOT NULL PRIMARY KEY,
  ref_kind text    NOT NULL,
  ref_id   uuid    NOT NULL,
  in_kind  text    NOT NULL,
  in_id    uuid    NOT NULL,
  title    text    NOT NULL,
  body     text    NOT NULL,
  author   uuid,
  at       bigint  NOT NULL,
  past     boolean NOT NULL,
  UNIQUE (ref_id, ref_kind)
);
CREATE INDEX search_doc_in ON search_doc (in_id, in_kind);

CREATE TABLE search_audience (
  doc bigint NOT NULL REFERENCES search_doc (id) ON DELETE CASCADE,
  who uuid   NOT NULL,
  PRIMARY KEY (doc, who)
);

-- The words of search_doc, folded and cut in Go; those of the title a second
-- time behind "=", which asks less of the index than weights do.
CREATE TABLE search_fts (
  doc   bigint   NOT NULL PRIMARY KEY REFERENCES search_doc (id) ON DELETE CASCADE,
  words tsvector NOT NULL
);
CREATE INDEX search_fts_words ON search_fts USING gin (words);

-- +goose Down
DROP TABLE search_fts;
DROP TABLE search_audience;
DROP TABLE search_doc;
