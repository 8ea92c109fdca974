/** Every table, for both databases. Times are integer milliseconds; digests are `sha256:<hex>`; JSON columns are text. */
export interface Tables {
  ledger: LedgerTable;
  tree: TreeTable;
  checkpoints: CheckpointsTable;
  names: NamesTable;
  vault: VaultTable;
  vault_keys: VaultKeysTable;
  policies: PoliciesTable;
  policy_pointer: PolicyPointerTable;
  policy_signs: PolicySignsTable;
  tokens: TokensTable;
  people: PeopleTable;
  latch: LatchTable;
  stops: StopsTable;
  nodes: NodesTable;
  stop_confirmations: StopConfirmationsTable;
  holds: HoldsTable;
  tickets: TicketsTable;
  runs: RunsTable;
  definitions: DefinitionsTable;
  pieces: PiecesTable;
  ticket_notes: TicketNotesTable;
  sessions: SessionsTable;
  sign_in_links: SignInLinksTable;
  passkeys: PasskeysTable;
  grants: GrantsTable;
  grant_uses: GrantUsesTable;
  requests: RequestsTable;
  outbox: OutboxTable;
  limit_counters: LimitCountersTable;
  limit_trips: LimitTripsTable;
  limit_refusals: LimitRefusalsTable;
  announcements: AnnouncementsTable;
  client_sessions: ClientSessionsTable;
  agents: AgentsTable;
  launches: LaunchesTable;
  prompts: PromptsTable;
  tool_uses: ToolUsesTable;
  used_tools: UsedToolsTable;
  reported: ReportedTable;
  model_requests: ModelRequestsTable;
  stop_keys: StopKeysTable;
  stop_files: StopFilesTable;
  rehearsals: RehearsalsTable;
  rehearsal_paths: RehearsalPathsTable;
  alert_cursor: AlertCursorTable;
  signals: SignalsTable;
  alerts: AlertsTable;
  glass_reviews: GlassReviewsTable;
  read_classes: ReadClassesTable;
  run_bindings: RunBindingsTable;
  seen_values: SeenValuesTable;
  scim_resources: ScimResourcesTable;
  scim_members: ScimMembersTable;
  upstream_grants: UpstreamGrantsTable;
  catalog_subjects: CatalogSubjectsTable;
  catalog_releases: CatalogReleasesTable;
  catalog_sign_offs: CatalogSignOffsTable;
  catalog_files: CatalogFilesTable;
  batches: BatchesTable;
  batch_changes: BatchChangesTable;
  stage_counts: StageCountsTable;
  made_changes: MadeChangesTable;
  autonomy: AutonomyTable;
  workflow_marks: WorkflowMarksTable;
  undos: UndosTable;
  undo_items: UndoItemsTable;
}

/** What one prompt or answer held, as keyed 32-bit digests of its words in base64; `origin` is prompt, trusted or outsiders, `seq` the size of the tree then. */
export interface SeenValuesTable {
  id: string;
  person: string;
  at_ms: number;
  origin: string;
  source: string;
  sensitive: number;
  words: string;
  seq: number;
}

/** How much of a limit is used by one whom it is counted for; `state` is JSON. */
export interface LimitCountersTable {
  key: string;
  rule: string;
  scope: string;
  who: string;
  state: string;
  /** null: for as long as a run lives. */
  window_ms: number | null;
  touched_at_ms: number;
  /** From then on it can count no more. */
  over_at_ms: number | null;
}

/** Limits that tripped; one that was not reset is an open breaker. */
export interface LimitTripsTable {
  id: string;
  rule: string;
  scope: string;
  who: string;
  measure: string;
  text: string;
  used: number;
  max: number;
  lost: number;
  mode: 'freeze' | 'full';
  owner: string;
  at_ms: number;
  rearm_at_ms: number | null;
  person: string | null;
  call: string | null;
  run: string | null;
  stop: string | null;
  request: string | null;
  reset_at_ms: number | null;
  reset_by: string | null;
  reset_reason: string | null;
}

/** What was refused lately: another way to the same effect on the same target is refused, too. */
export interface LimitRefusalsTable {
  call: string;
  party: string;
  effect: string;
  code: string;
  connector: string;
  tool: string;
  instead: string | null;
  /** JSON array of keyed digests. */
  targets: string;
  rule: string;
  /** Where a person was asked: it counts once they refused. */
  ticket: string | null;
  at_ms: number;
}

/** `bytes` are the canonical bytes themselves; the other columns only find them. */
export interface LedgerTable {
  entry: number;
  at_ms: number;
  kind: string;
  call: string | null;
  plugin: string | null;
  connector: string | null;
  verdict: string | null;
  /** With `reach`, and only where a call that changes something ran and its reach was known: what is usual is read from these. */
  tool: string | null;
  reach: number | null;
  bytes: string;
  leaf: Uint8Array;
}

/** One row (`id` = 1): the head of the RFC 6962 tree and the peaks it is appended to. */
export interface TreeTable {
  id: number;
  size: number;
  peaks: Uint8Array;
  /** Every call that began below this entry has ended or was closed: where looking for open ones starts. */
  settled: number;
}

export interface CheckpointsTable {
  size: number;
  at_ms: number;
  /** The C2SP signed note. */
  note: string;
}

/** Erasable: pseudonym = base32(SHA-256(salt ‖ kind ‖ name)). */
export interface NamesTable {
  pseudonym: string;
  kind: string;
  name: string;
  salt: Uint8Array;
}

export interface VaultTable {
  digest: string;
  key_id: string;
  iv: Uint8Array;
  bytes: Uint8Array;
}

export interface VaultKeysTable {
  id: string;
  run: string;
  wrapped: Uint8Array;
}

export interface PoliciesTable {
  digest: string;
  /** JSON: { path: text } of every file of the set, lists included. */
  files: string;
  state: 'published' | 'proposed' | 'refused';
  created_at_ms: number;
  by: string;
  note: string;
}

/** Who signed a change of policy, and against which running set. */
export interface PolicySignsTable {
  digest: string;
  running: string;
  person: string;
  at_ms: number;
}

/** One row (`id` = 1): the running set. `generation` moves with it, so that every node sees the change. */
export interface PolicyPointerTable {
  id: number;
  digest: string;
  previous: string | null;
  generation: number;
}

export interface TokensTable {
  id: string;
  /** HMAC-SHA-256 of the token under the token key, hex. The token itself is never stored. */
  hash: string;
  person: string;
  plugin: string;
  version: string;
  connector: string;
  profile: string | null;
  audience: string;
  issued_by: string;
  created_at_ms: number;
  expires_at_ms: number;
  revoked_at_ms: number | null;
}

/** People with a credential of their own in the embedded default. */
export interface PeopleTable {
  person: string;
  roles: string;
  /** Salted SHA-256; scrypt where nobody signed in since codes were kept so. */
  code_hash: string;
  enrolled_at_ms: number;
  enrolled_by: string;
  failures: number;
  locked_until_ms: number;
}

/** One row (`id` = 1). `generation` moves in the transaction of every stop and release. */
export interface LatchTable {
  id: number;
  generation: number;
  /** Moved by the recorder with every group that had `steps`: what the watchers look at. */
  changes: number;
}

export interface StopsTable {
  id: string;
  scope: string;
  target: string;
  mode: 'freeze' | 'full';
  by: string;
  reason: string;
  engaged_at_ms: number;
  released_at_ms: number | null;
  released_by: string | null;
  release_reason: string | null;
  /** When it ends by itself; null where only a person ends it. */
  until_ms: number | null;
  /** The stop in whose act it was engaged too. */
  act: string | null;
  tokens_revoked: number | null;
}

/** A process that serves calls. */
export interface NodesTable {
  id: string;
  host: string;
  pid: number;
  version: string;
  started_at_ms: number;
  seen_at_ms: number;
  ended_at_ms: number | null;
}

/** When a node had applied a stop: it refuses what is covered, and has aborted what ran. */
export interface StopConfirmationsTable {
  stop: string;
  node: string;
  at_ms: number;
  aborted: number;
}

/** Records that no retention and no erasure may touch while the hold is not lifted. */
export interface HoldsTable {
  id: string;
  stop: string;
  scope: string;
  target: string;
  by: string;
  reason: string;
  held_at_ms: number;
  lifted_at_ms: number | null;
  lifted_by: string | null;
}

export interface TicketsTable {
  id: string;
  state: string;
  /** Keyed digest of person, endpoint, method, name and arguments: the same call again is the same ticket. */
  dedupe: string;
  person: string;
  plugin: string;
  version: string;
  connector: string;
  tool: string;
  run: string;
  call: string;
  attempt: number;
  /** Digest of the sealed frozen arguments in the vault. */
  arguments: string;
  definition: string;
  policy: string;
  reach: number | null;
  /** Keyed digest of the recipients, sorted and in lower case; null where policy does not resolve them. */
  recipients: string | null;
  rule: string;
  sentence: string;
  approvers: string;
  needs: number;
  /** JSON: [{ person, at_ms, kind: 'human' | 'self' }] */
  decisions: string;
  decided_reason: string | null;
  created_at_ms: number;
  expires_at_ms: number;
  decided_at_ms: number | null;
  executing_at_ms: number | null;
  finished_at_ms: number | null;
  effect: string | null;
  tier: string | null;
  /** The connector account that it would act as. */
  account: string | null;
  /** Keyed digest of what is the same in every piece of one goal; pieces are linked to the first. */
  goal: string | null;
  linked: string | null;
  /** Reach of all pieces together, this one included. */
  cumulative: number | null;
  /** JSON: what the page and messages show besides the sentence. */
  facts: string;
  /** JSON array of groups of which each must be among the approvers. */
  groups: string;
  run_when: 'resume' | 'approval';
  /** Digest of the arguments as the agent asked, where a person edited them. */
  original: string | null;
  /** JSON array: who changed them; they are never the only ones to approve. */
  editors: string;
  /** JSON array: who may decide too since nobody did in time. */
  escalated_to: string | null;
  /** Digest of the sealed result, for pick-up. */
  result: string | null;
  /** When somebody was handed the result; until then the same call again gets it. */
  picked_up_at_ms: number | null;
  /** Lease of the process that runs it, so that others leave it alone. */
  run_claimed_at_ms: number | null;
  drill: number;
  reminded_at_ms: number | null;
  escalated_at_ms: number | null;
  /** Size of the record when it was opened: later tickets have no smaller one, on whichever node. */
  opened: number;
}

export interface RunsTable {
  id: string;
  person: string;
  plugin: string;
  version: string;
  profile: string | null;
  session: string | null;
  started_at_ms: number;
  /** 1 when a second witness joined its first call to the session. */
  proved?: number | undefined;
  /** Counted from the record once a second: about right, never a limit. */
  calls?: number | undefined;
  refused?: number | undefined;
  held?: number | undefined;
  last_at_ms?: number | null | undefined;
  /** The highest tier of its calls: 1 low, 2 medium, 3 high; 0 where no call was tiered. */
  tier?: number | undefined;
}

/** A session of a client as its hooks or telemetry tell of it; its person is that of the credential. */
export interface ClientSessionsTable {
  person: string;
  session: string;
  first_at_ms: number;
  last_at_ms: number;
  /** When each witness last spoke. */
  hooks_at_ms: number | null;
  telemetry_at_ms: number | null;
  /** JSON: which event numbers came, so that doubles and gaps are known. */
  seen: string;
  /** Since when numbers are missing, and whether somebody was told. */
  gap_since_ms: number | null;
  gap_told: number;
  /** As telemetry tells them: the id of an installation, and the client with its version. */
  device: string | null;
  client: string | null;
}

/** Agents of a session, `main` among them, with what each spent as far as telemetry says. */
export interface AgentsTable {
  person: string;
  session: string;
  agent: string;
  type: string | null;
  model: string | null;
  /** 1 once the hook told of its start. */
  hook_started: number;
  /** What each witness says; `?` where it contradicted itself. */
  parent_hook: string | null;
  /** 1: the hook named the parent; 0: it was paired. */
  parent_told: number;
  parent_telemetry: string | null;
  started_at_ms: number;
  ended_at_ms: number | null;
  micro_usd: number;
  tokens: number;
  requests: number;
}

/** Starts of sub-agents that were asked for. */
export interface LaunchesTable {
  person: string;
  session: string;
  tool_use: string;
  parent: string;
  at_ms: number;
  state: 'open' | 'paired' | 'muddled' | 'ended';
}

/** Prompts of a session by the client's id of them; the text is in the vault. */
export interface PromptsTable {
  person: string;
  session: string;
  prompt: string;
  digest: string;
  at_ms: number;
}

/** Which call of the gateway a client's tool use became. */
export interface ToolUsesTable {
  person: string;
  tool_use: string;
  call: string;
  run: string | null;
  at_ms: number;
}

/** How often a plugin's calls of a tool were let happen or put to a person; counted from the record once a second. */
export interface UsedToolsTable {
  plugin: string;
  connector: string;
  tool: string;
  calls: number;
  first_at_ms: number;
  last_at_ms: number;
}

/** A tool use as telemetry tells of it, until it is joined to its call. */
export interface ReportedTable {
  person: string;
  session: string;
  tool_use: string;
  at_ms: number;
  request: string | null;
  agent: string | null;
  prompt: string | null;
  skill: string | null;
  /** Of which endpoint of ours its server and tool are; null where it is none. */
  plugin: string | null;
  connector: string | null;
  tool: string | null;
  /** 1 when a result came that is no failure. */
  succeeded: number | null;
  state: 'waiting' | 'joined' | 'bypass' | 'none';
}

/** Requests to a model, by the provider's id of them. */
export interface ModelRequestsTable {
  person: string;
  session: string;
  request: string;
  at_ms: number;
  model: string | null;
  agent: string;
  micro_usd: number;
  tokens: number;
  /** 1 once budgets have it. */
  counted: number;
}

export interface DefinitionsTable {
  connection: string;
  /** `tool`, `prompt`, `resource`, `template` or `server`. */
  kind: string;
  name: string;
  digest: string;
  body: string;
  pinned_at_ms: number;
  pinned_by: string;
  /** Digest and body of what the upstream says now, when it differs. */
  changed_digest: string | null;
  changed_body: string | null;
}

/** Calls that changed something without a ticket, as pieces of what their person may be doing in many; the `n`th of its goal, and what they reach together up to it. */
export interface PiecesTable {
  call: string;
  goal: string;
  at_ms: number;
  reach: number | null;
  n: number;
  total: number;
  /** When the call itself came; `at_ms` never goes back within a goal. */
  own_ms: number;
}

/** What people wrote on a ticket; free text, so it is kept apart from the ledger. */
export interface TicketNotesTable {
  id: string;
  ticket: string;
  at_ms: number;
  person: string;
  kind: 'question' | 'answer' | 'comment';
  text: string;
}

/** A person signed in. The cookie's value is never stored, only its keyed hash. */
export interface SessionsTable {
  hash: string;
  person: string;
  /** JSON array, from the provider's claims; `null` where the directory says. */
  groups: string | null;
  via: 'link' | 'code' | 'passkey' | 'oidc' | 'cli';
  created_at_ms: number;
  seen_at_ms: number;
  expires_at_ms: number;
  stepped_up_at_ms: number | null;
  revoked_at_ms: number | null;
}

/** One-time links that sign a person in; spent by a POST, never by a GET. */
export interface SignInLinksTable {
  hash: string;
  person: string;
  created_at_ms: number;
  expires_at_ms: number;
  used_at_ms: number | null;
}

export interface PasskeysTable {
  id: string;
  person: string;
  public_key: Uint8Array;
  counter: number;
  label: string;
  created_at_ms: number;
}

/** Standing approvals. */
export interface GrantsTable {
  id: string;
  person: string | null;
  plugin: string;
  version: string;
  connector: string;
  tool: string;
  definition: string;
  /** A CEL expression over the arguments and reach; `true` for any. */
  bounds: string;
  count_max: number;
  /** null: over its whole life. */
  period_ms: number | null;
  reach_max: number | null;
  because: string;
  owner: string;
  made_by: string;
  from_ticket: string | null;
  created_at_ms: number;
  expires_at_ms: number;
  reviewed_at_ms: number | null;
  revoked_at_ms: number | null;
  revoked_by: string | null;
}

export interface GrantUsesTable {
  grant: string;
  call: string;
  at_ms: number;
}

/** A person's wish for access, answered by an owner. */
export interface RequestsTable {
  id: string;
  person: string;
  rule: string;
  call: string | null;
  text: string;
  owner: string;
  state: 'open' | 'answered';
  created_at_ms: number;
  answer: string | null;
  answered_by: string | null;
  answered_at_ms: number | null;
}

/** Messages to people, written in the transaction of what they tell of. */
export interface OutboxTable {
  id: string;
  channel: string;
  event: string;
  ticket: string | null;
  body: string;
  attempts: number;
  next_at_ms: number;
  created_at_ms: number;
  delivered_at_ms: number | null;
  error: string | null;
  /** The alert or request that it tells of, where that is no ticket. */
  about: string | null;
}

/** One row (`id` = 1): the last entry of the record that was read for alerts. */
export interface AlertCursorTable {
  id: number;
  entry: number;
}

/** Signals that were raised in a transaction and wait for the worker; those of one kind and scope are one row. */
export interface SignalsTable {
  kind: string;
  scope: string;
  body: string;
  count: number;
  at_ms: number;
}

/** One row for each kind and scope that somebody was told of. */
export interface AlertsTable {
  id: string;
  kind: string;
  scope: string;
  /** JSON: the newest signal's words. */
  body: string;
  owner: string | null;
  state: 'open' | 'acknowledged' | 'resolved';
  count: number;
  first_at_ms: number;
  last_at_ms: number;
  told_at_ms: number;
  told_count: number;
  /** Told again when the count gets here. */
  next_count: number;
  muted_until_ms: number | null;
  by: string | null;
  reason: string | null;
}

/** Public keys of operators, that signed stop files are checked with. */
export interface StopKeysTable {
  id: string;
  person: string;
  public_key: string;
  added_by: string;
  added_at_ms: number;
  removed_at_ms: number | null;
  removed_by: string | null;
}

/** Stop files that were carried out or could not be believed, by the digest of their bytes. */
export interface StopFilesTable {
  digest: string;
  file: string;
  state: 'imported' | 'refused';
  /** Key and nonce of an order: it is carried out once. */
  key: string | null;
  nonce: string | null;
  stop: string | null;
  says: string;
  seen_at_ms: number;
  cleared_at_ms: number | null;
  cleared_by: string | null;
  clear_reason: string | null;
}

/** Fire drills of the stop. */
export interface RehearsalsTable {
  id: string;
  by: string;
  /** Who of the nodes leads it. */
  node: string;
  state: 'calling' | 'stopped' | 'released' | 'passed' | 'failed';
  says: string;
  started_at_ms: number;
  /** By the clock of the database, as are all times of its paths. */
  stopped_at_ms: number | null;
  released_at_ms: number | null;
  finished_at_ms: number | null;
}

/** What one node measured on one way in. */
export interface RehearsalPathsTable {
  rehearsal: string;
  node: string;
  path: string;
  state: 'calling' | 'refused' | 'back' | 'failed' | 'unmeasured';
  ready_at_ms: number | null;
  refused_at_ms: number | null;
  /** When the call that was in flight was aborted. */
  aborted_at_ms: number | null;
  back_at_ms: number | null;
  says: string;
}

/** Calls as the hook of a client announced them; those that the client runs itself have what they were let run as. */
export interface AnnouncementsTable {
  person: string;
  tool_use: string;
  session: string;
  agent: string;
  agent_type: string | null;
  prompt: string | null;
  tool: string;
  /** Keyed digest of the arguments: nobody who reads the database can try arguments against it. */
  digest: string;
  /** Set where the client was let run it: the call, its ticket and run, and JSON of what is needed to record its end. */
  call: string | null;
  ticket: string | null;
  run: string | null;
  admitted: string | null;
  at_ms: number;
  ended_at_ms: number | null;
}

/** Who looked at what was let run alone in an emergency. */
export interface GlassReviewsTable {
  ticket: string;
  person: string;
  at_ms: number;
  note: string;
}

/** A plugin or connector of the catalog: which release is current, and who tries the next. */
export interface CatalogSubjectsTable {
  kind: 'plugin' | 'connector';
  id: string;
  owner: string;
  current: string | null;
  /** What was current before: where rolling back leads. */
  known_good: string | null;
  canary: string | null;
  /** JSON array, lower case. */
  canary_people: string;
  /** Of 10,000. */
  canary_share: number;
  /** Moves with every change, so that of two acts at once one is told to look again. */
  revision: number;
}

export interface CatalogReleasesTable {
  kind: 'plugin' | 'connector';
  id: string;
  version: string;
  state: string;
  source: string;
  /** Over the path and digest of every file, as reviewed. */
  source_digest: string;
  /** Of the archive as it is served, with addresses rewritten. */
  served_digest: string | null;
  /** JSON: files and definitions by digest, and what the scan says. */
  manifest: string;
  proposed_by: string;
  proposed_at_ms: number;
  state_by: string;
  state_at_ms: number;
  review_due_ms: number | null;
}

export interface CatalogSignOffsTable {
  kind: 'plugin' | 'connector';
  id: string;
  version: string;
  aspect: string;
  person: string;
  passed: number;
  /** JSON array. */
  capabilities: string;
  note: string;
  at_ms: number;
}

/** Files of releases, each once. */
export interface CatalogFilesTable {
  digest: string;
  bytes: Uint8Array;
}

/** A person or group as an identity provider keeps it here. One that was deleted stays, so that it stays refused. */
export interface ScimResourcesTable {
  kind: 'User' | 'Group';
  id: string;
  /** userName or displayName, lower case. */
  name: string;
  external_id: string | null;
  active: number;
  /** JSON: what the provider sent, without members. */
  resource: string;
  version: number;
  created_at_ms: number;
  changed_at_ms: number;
  deleted_at_ms: number | null;
}

export interface ScimMembersTable {
  group_id: string;
  /** Id of a person. */
  member: string;
}

/** What a person let the gateway do for them at an upstream. The tokens are sealed. */
export interface UpstreamGrantsTable {
  id: string;
  connection: string;
  vendor: string;
  person: string;
  sealed: string;
  /** When the access token ends, where the vendor says so. */
  expires_at_ms: number | null;
  granted_at_ms: number;
  refreshed_at_ms: number;
  ended_at_ms: number | null;
  ended_by: string | null;
  ended_why: string | null;
}

/** A class of data that a person's agents read, by where from. */
export interface ReadClassesTable {
  person: string;
  class: string;
  source: string;
  call: string;
  at_ms: number;
}

/** What a run is bound to, as a digest. */
export interface RunBindingsTable {
  run: string;
  name: string;
  person: string;
  digest: string;
  at_ms: number;
}

/**
 * A batch of staged changes; `lasting` is 1 when one of them cannot be taken back, `high` when one is of the high tier; `run_key`
 * tells its run apart while it is open.
 */
export interface BatchesTable {
  id: string;
  state: string;
  person: string;
  plugin: string;
  version: string;
  run: string;
  run_key: string;
  client: string;
  changes: number;
  reach: number;
  lasting: number;
  high: number;
  created_at_ms: number;
  submitted_at_ms: number | null;
  decided_at_ms: number | null;
  ended_at_ms: number | null;
  attempt: number;
  replaces: string | null;
  level: string | null;
  sample: number;
  ticket_over: number | null;
  commitment: string | null;
  seed: string | null;
  root: string | null;
  summary: string | null;
  approvers: string;
  needs: number;
  groups: string;
  rule: string;
  approvals: string;
  reason: string | null;
  step: number;
  target: number;
  done: number;
  failed: number;
  conflicts: number;
  refused: number;
  unknown: number;
  paused_for: string | null;
  applied_by: string | null;
  claimed_at_ms: number | null;
  claimed_by: string | null;
  changed: number;
  /** From its submission on: JSON of tool, effect and count; how hard it is looked at and why; drawn changes that are marked, and all that are wrong. */
  tools: string | null;
  inspection: string | null;
  because: string | null;
  marked: number | null;
  wrong: number | null;
  reminded_at_ms: number | null;
  /** JSON of the rules that ask further people, because nobody decided in time. */
  escalated: string;
}

/** A staged change; its payloads are in the vault, `image` and `target` are keyed digests. */
export interface BatchChangesTable {
  call: string;
  batch: string;
  n: number;
  state: string;
  connector: string;
  tool: string;
  effect: string;
  digest: string;
  arguments: string;
  target: string | null;
  before_sealed: string | null;
  image: string | null;
  definition: string;
  policy: string;
  reach: number | null;
  destination: string;
  /** Whom it reached when it was staged, as a keyed digest; null where policy did not resolve that. */
  recipients: string | null;
  lists: string;
  staged_at_ms: number;
  drawn: number | null;
  extra: string | null;
  mark: string | null;
  marked_by: string | null;
  marked_at_ms: number | null;
  note: string | null;
  ran: string | null;
  sent: number;
  code: string | null;
  started_at_ms: number | null;
  ended_at_ms: number | null;
}

/** How many calls of a tool a run made. */
export interface StageCountsTable {
  key: string;
  count: number;
  until_ms: number;
}

/** A change that was made and can be taken back, or that cannot and is told so. */
export interface MadeChangesTable {
  call: string;
  at_ms: number;
  run: string;
  person: string;
  plugin: string;
  version: string;
  connector: string;
  tool: string;
  batch: string | null;
  n: number | null;
  state: string;
  arguments: string;
  before_sealed: string | null;
  image: string | null;
  after_sealed: string | null;
  after_image: string | null;
  result: string | null;
  definition: string;
  reach: number | null;
  reversible: number;
  undone_by: string | null;
}

/** The most that a workflow may have since a moment; the newest of a workflow holds. `evidence` is JSON. */
export interface AutonomyTable {
  id: string;
  plugin: string;
  connector: string;
  tool: string;
  level: string;
  since_ms: number;
  by: string;
  reason: string;
  /** The batch or undo that lowered it: once for each; null where a person did. */
  cause: string | null;
  evidence: string;
}

/** What one audited batch, or one undo, says of a workflow. */
export interface WorkflowMarksTable {
  id: string;
  plugin: string;
  connector: string;
  tool: string;
  cause: string;
  batch: string | null;
  at_ms: number;
  attempt: number;
  size: number;
  sampled: number;
  wrong: number;
  undone: number;
}

/** Something that is taken back: a call, a batch, a run, or what a release did; `groups` are JSON, null where the directory says. */
export interface UndosTable {
  id: string;
  state: string;
  kind: string;
  scope: string;
  since_ms: number | null;
  plugin: string;
  version: string;
  person: string;
  groups: string | null;
  reason: string;
  items: number;
  asked_at_ms: number;
  looked_at_ms: number | null;
  started_by: string | null;
  started_groups: string | null;
  started_at_ms: number | null;
  ended_by: string | null;
  ended_at_ms: number | null;
  run: string | null;
  /** Changes that are to be taken back, how many of them have ended, and how many of those not well. */
  total: number;
  ended: number;
  errors: number;
  step: number;
  target: number;
  /** Errors when the step began. */
  step_errors: number;
  paused_for: string | null;
  claimed_by: string | null;
  claimed_at_ms: number | null;
  changed: number;
}

/** One change that is taken back; `target`, `leaves` and `expects` are keyed digests. */
export interface UndoItemsTable {
  undo: string;
  n: number;
  /** The call that made the change. */
  call: string;
  connector: string;
  tool: string;
  state: string;
  /** The record, so that several changes of it are seen as a row of them. */
  target: string | null;
  /** What stands there once this one and all newer ones are taken back. */
  leaves: string | null;
  /** What must stand there when it is taken back. */
  expects: string | null;
  expects_sealed: string | null;
  code: string | null;
  says: string | null;
  included_by: string | null;
  included_because: string | null;
  /** The call that took it back. */
  ran: string | null;
  sent: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
}
