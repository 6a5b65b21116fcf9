-- One row per channel, locked while a record is added: sequence numbers have no gap and no two writers one number.
create table channels (
  channel text primary key,
  sequence bigint not null default 0
);

-- The whole history: every record that was ever announced, as it was signed.
create table channel_records (
  channel text not null references channels,
  sequence bigint not null check (sequence > 0),
  verb text not null,
  live text not null references releases,
  canary text references releases,
  share_ppm integer not null,
  pinned boolean not null,
  record text not null,
  who text not null,
  at timestamptz not null,
  reason text not null,
  primary key (channel, sequence)
);

-- What each bidder last said; the hot copy may be lost, this is for those who look later.
create table acks (
  channel text not null,
  bidder text not null,
  sequence bigint not null,
  digest text not null,
  state text not null check (state in ('ack', 'live', 'nack')),
  at timestamptz not null,
  report jsonb not null,
  primary key (channel, bidder)
);
