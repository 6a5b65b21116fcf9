-- Every state that a rollout was in, across all rollouts of a channel: a controller that goes on adds the next number,
-- so two that run at once cannot both take a step.
create table rollouts (
  channel text not null,
  revision bigint not null check (revision > 0),
  id text not null,
  phase text not null check (phase in ('running', 'paused', 'promoted', 'aborted')),
  state jsonb not null,
  who text not null,
  at timestamptz not null,
  reason text not null,
  primary key (channel, revision)
);
