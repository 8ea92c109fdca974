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
  tokens: TokensTable;
  people: PeopleTable;
  latch: LatchTable;
  stops: StopsTable;
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
  /** scrypt, PHC string format. */
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
}

export interface RunsTable {
  id: string;
  person: string;
  plugin: string;
  version: string;
  profile: string | null;
  session: string | null;
  started_at_ms: number;
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

/** Calls that changed something without a ticket, as pieces of what their person may be doing in many. */
export interface PiecesTable {
  call: string;
  goal: string;
  at_ms: number;
  reach: number | null;
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
}
