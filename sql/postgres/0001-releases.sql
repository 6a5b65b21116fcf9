-- Releases: immutable and content-addressed. Files are kept once, whichever releases hold them.
create table blobs (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint not null check (bytes >= 0),
  -- zstd (runtime/release/delta.ts); Postgres need not try to compress it again
  packed bytea not null
);
alter table blobs alter column packed set storage external;

create table releases (
  digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
  manifest bytea not null,
  signature bytea not null,
  opa_bundle bytea,
  commit text not null,
  tree text not null,
  built_at timestamptz not null,
  compiler text not null,
  counts jsonb not null,
  published_by text not null,
  published_at timestamptz not null,
  reason text not null
);

create table release_files (
  digest text not null references releases,
  name text not null,
  sha256 text not null references blobs,
  primary key (digest, name)
);
create index release_files_by_content on release_files (sha256);
