-- Which files of the repository a release changed, by whom and in which commit.
create table config_changes (
  digest text not null references releases,
  path text not null,
  commit text not null,
  change text not null check (change in ('A', 'M', 'D')),
  author text not null,
  at timestamptz not null,
  primary key (digest, path)
);
create index config_changes_by_path on config_changes (path, at desc);
