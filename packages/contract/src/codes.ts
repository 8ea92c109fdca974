/** The closed lists of the record, each value with its sentence. Nothing else may appear in those fields. */

export const verdicts = {
  allow: 'The call may run.',
  deny: 'The call is refused and nothing was touched.',
  hold: 'The call waits for a person, with its arguments frozen.',
  stage: 'The call became a change in a batch; nothing happened upstream.',
} as const;
export type Verdict = keyof typeof verdicts;

export const tiers = {
  low: 'Reading or drafting inside: runs and is recorded.',
  medium: 'A reversible change inside: checked, then by autonomy level.',
  high: 'Irreversible, outward or unclassified: a person decides.',
} as const;
export type Tier = keyof typeof tiers;

export const outcomes = {
  done: 'The connector answered and the answer was released.',
  failed: 'The connector answered with an error, or could not be reached before anything was sent.',
  unknown: 'It was sent and no answer came; whether it happened cannot be known from here.',
  withheld: 'It happened, and the result could not be released.',
} as const;
export type Outcome = keyof typeof outcomes;

export const assurances = {
  proved: 'Shown by a credential that Trapkey checked.',
  joined: 'Two witnesses agree.',
  claimed: 'Said by the client; nothing proves it.',
  unknown: 'Nobody said.',
} as const;
export type Assurance = keyof typeof assurances;

export const coverages = {
  gateway: 'It went through the gateway; an entry that names no coverage did.',
  hook: 'A hook of the client saw it; the client itself carried it out.',
  reported: 'A witness told of it afterwards; nothing decided it.',
} as const;
export type Coverage = keyof typeof coverages;

export const effects = {
  read: 'reads',
  draft: 'drafts; nothing leaves, nothing counts yet',
  write: 'changes a record',
  delete: 'deletes',
  send: 'reaches a person or system',
  pay: 'moves or commits money',
  execute: 'runs code, triggers an automation, or changes permissions or settings',
} as const;
export type Effect = keyof typeof effects;

export const modes = {
  observe: 'The rule is only recorded (would); the call goes on.',
  warn: 'As observe, and the agent is told.',
  enforce: 'The rule decides.',
} as const;
export type Mode = keyof typeof modes;

export const kinds = {
  requested: 'A call arrived.',
  probing: 'A read-only probe is about to leave.',
  probed: 'The probe answered.',
  decided: 'The verdict, durable before anything outside is touched.',
  held: 'A ticket was opened.',
  approved: 'A person approved a ticket.',
  edited: 'A person changed the payload of a ticket.',
  refused: 'A person refused a ticket.',
  expired: 'A ticket ran out; that is never a yes.',
  withdrawn: 'A ticket was taken back.',
  staged: 'The call became a change in a batch.',
  executed: 'What happened upstream, durable before the result was released.',
  closed: 'What a crash left open, closed as unknown.',
  attributed: 'What was learned about a call after its entry.',
  admin: 'What an administrator did.',
  checkpoint: 'A signed tree head.',
} as const;
export type Kind = keyof typeof kinds;

export const codes = {
  allowed: 'Policy allows it.',
  approved: 'A person approved exactly this call.',
  granted: 'A standing grant covers it.',
  auto_execute: 'It is on the auto-execute allow-list.',
  unattended: 'This workflow may run unattended.',
  observed: 'A rule in observe or warn mode would have stopped it.',
  staged: 'It became a change in a batch.',
  changed_since: 'Somebody else changed the record since it was looked at.',
  approval_needed: 'A person must approve it first.',
  checker_hold: 'An outside checker asks for a person.',
  checker_denied: 'An outside checker refused it.',
  unauthenticated: 'No valid credential came with the call.',
  wrong_audience: 'The credential was issued for another endpoint.',
  not_for_person: 'This plugin is not for this person.',
  unknown_plugin: 'No such plugin is in the policy.',
  unknown_connector: 'The plugin has no such connector.',
  release_not_current: 'This release is not the current one.',
  release_not_approved: 'This release is not approved.',
  not_offered: 'The connector does not offer this.',
  not_in_profile: 'The task profile does not include this.',
  not_signed_in: 'The person has not signed in to the system behind the connector.',
  not_entitled: 'The person may not do this in the system.',
  bound_elsewhere: 'The run is bound to another account.',
  read_only: 'The connector is read-only.',
  draft_only: 'This workflow may only read and draft.',
  table_not_allowed: 'The table is not allowed.',
  column_denied: 'The column is denied.',
  class_barred: 'Data of this class may not be seen here.',
  region_barred: 'Data of this region may not go there.',
  stopped: 'A stop is engaged.',
  frozen: 'A change freeze is in force.',
  limit_reached: 'A limit is reached.',
  invalid_input: 'The request is malformed or breaks a schema.',
  check_failed: 'A check of the policy refused it.',
  policy_error: 'A rule of the policy could not be evaluated.',
  probe_failed: 'The fact that the rule needs could not be read.',
  definition_changed: "The tool's definition changed since it was reviewed.",
  provenance: 'A value came from outside.',
  flow: 'Untrusted and sensitive data were read before an outward effect.',
  refused_before: 'A person refused the same call.',
  expired: 'The ticket ran out before anyone decided.',
  ticket_used: 'The ticket was used already.',
  upstream_failed: 'The connector did not answer.',
  upstream_invalid: "The connector's answer breaks its own schema or the protocol.",
  result_withheld: 'The result could not be recorded, so it is withheld.',
  not_announced: 'No hook announced this call, and the organization requires it.',
  announced_otherwise: 'The hook announced something else than what was called.',
  client_runs: 'The client runs this tool itself: only its hook can ask for it.',
  record_unavailable: 'The record cannot be written, so nothing runs.',
  not_enforceable: 'The policy asks for something that this connection cannot enforce.',
  bypassed: 'A tool of ours ran without passing the gateway.',
  internal: 'Trapkey failed while deciding; a failure is a refusal.',
} as const;
export type Code = keyof typeof codes;
