-- Schema 1. Times are milliseconds since the Unix epoch, UTC. A file that was released is never changed: a later
-- schema is a later file.

CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE conversations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL DEFAULT '',
  title_by_user INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,                          -- NULL: not in the trash
  role_id TEXT NOT NULL DEFAULT '',
  sampling TEXT NOT NULL DEFAULT '',           -- JSON object
  leaf_id INTEGER REFERENCES messages(id) ON DELETE SET NULL
);
CREATE INDEX conversations_by_time ON conversations(deleted_at, updated_at);
CREATE INDEX conversations_by_leaf ON conversations(leaf_id);

-- A tree: siblings are versions of one another.
CREATE TABLE messages(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  parent_id INTEGER REFERENCES messages(id) ON DELETE CASCADE,
  author TEXT NOT NULL CHECK(author IN ('user', 'assistant')),
  streaming INTEGER NOT NULL DEFAULT 0,        -- 1 while the answer is being generated
  created_at INTEGER NOT NULL,
  role_id TEXT NOT NULL DEFAULT '',
  role_name TEXT NOT NULL DEFAULT '',
  model_name TEXT NOT NULL DEFAULT '',
  finish_reason TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  prompt_tokens INTEGER NOT NULL DEFAULT 0,
  cached_tokens INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  queue_ms REAL NOT NULL DEFAULT 0,
  ttft_ms REAL NOT NULL DEFAULT 0,
  total_ms REAL NOT NULL DEFAULT 0,
  tokens_per_s REAL NOT NULL DEFAULT 0,
  text TEXT NOT NULL DEFAULT ''                -- last: the columns before it are read without it
);
CREATE INDEX messages_by_conversation ON messages(conversation_id);
CREATE INDEX messages_by_parent ON messages(parent_id);
CREATE INDEX messages_streaming ON messages(streaming) WHERE streaming = 1;

-- Summaries of a document's parts, beside the summary they led to.
CREATE TABLE message_sections(
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  first_page INTEGER NOT NULL,
  last_page INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY(message_id, position)
) WITHOUT ROWID;

CREATE TABLE feedback(
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  value INTEGER NOT NULL CHECK(value IN (-1, 1)),
  created_at INTEGER NOT NULL
);

CREATE TABLE attachments(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  file_bytes INTEGER NOT NULL,
  encoding TEXT NOT NULL DEFAULT '',
  has_real_pages INTEGER NOT NULL DEFAULT 0,
  empty_pages TEXT NOT NULL DEFAULT '',        -- numbers with commas
  num_pages INTEGER NOT NULL,
  tokens INTEGER NOT NULL DEFAULT -1,
  tokenizer TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL                     -- last time it was added; orphans go a day later
);

CREATE TABLE attachment_pages(
  attachment_id INTEGER NOT NULL REFERENCES attachments(id) ON DELETE CASCADE,
  page INTEGER NOT NULL,                       -- from 1
  text TEXT NOT NULL,
  UNIQUE(attachment_id, page)
);

CREATE TABLE message_attachments(
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  attachment_id INTEGER NOT NULL REFERENCES attachments(id),
  name TEXT NOT NULL,
  PRIMARY KEY(message_id, position)
) WITHOUT ROWID;
CREATE INDEX message_attachments_by_attachment ON message_attachments(attachment_id);

-- conversation_id 0: the new conversation that has no message yet, hence no foreign key.
CREATE TABLE drafts(
  conversation_id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
);

CREATE TABLE draft_attachments(
  conversation_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  attachment_id INTEGER NOT NULL REFERENCES attachments(id),
  name TEXT NOT NULL,
  PRIMARY KEY(conversation_id, position)
) WITHOUT ROWID;
CREATE INDEX draft_attachments_by_attachment ON draft_attachments(attachment_id);

CREATE TABLE roles(
  number INTEGER PRIMARY KEY AUTOINCREMENT,    -- id: 'user-<number>'
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  icon TEXT NOT NULL DEFAULT '',
  system_prompt TEXT NOT NULL DEFAULT '',
  greeting TEXT NOT NULL DEFAULT '',
  starters TEXT NOT NULL DEFAULT '[]',         -- JSON array of strings
  sampling TEXT NOT NULL DEFAULT '',           -- JSON object
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE settings(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL                          -- JSON
) WITHOUT ROWID;

-- Words as gui/store/search_text.h makes them: folded, separated by blanks, each Han character a word of its own.
-- rowid: messages.id, conversations.id.
CREATE VIRTUAL TABLE message_search USING fts5(body, tokenize = 'ascii', prefix = '2 3', columnsize = 0);
CREATE VIRTUAL TABLE title_search USING fts5(body, tokenize = 'ascii', prefix = '2 3', columnsize = 0);
