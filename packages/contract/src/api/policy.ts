import { z } from 'zod';

const count = z.number().int().nonnegative();
const problem = z.object({ file: z.string(), line: count, column: count, says: z.string(), nearest: z.string().optional() });
const change = z.object({
  document: z.string(),
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  effect: z.enum(['tightens', 'loosens', 'neither']),
  says: z.string(),
});

/** What a change does, with what it means for how much can be altered without a person. */
export const policyDiff = z.object({
  from: z.string().optional(),
  to: z.string(),
  changes: z.array(change),
  tightens: z.boolean(),
  blast: z.array(z.string()).optional(),
  /** Who must sign it, and why. */
  signOff: z.string().optional(),
});
export type PolicyDiff = z.output<typeof policyDiff>;

const file = z.object({
  file: z.string(),
  kind: z.enum(['documents', 'list', 'cases']),
  /** Null: a list, whose text administrators and auditors read. */
  text: z.string().nullable(),
  sizeBytes: count,
  digest: z.string(),
});

const stored = {
  digest: z.string(),
  state: z.enum(['published', 'proposed', 'refused']),
  atMs: z.number(),
  /** A person, or `policy folder`. */
  by: z.string(),
  note: z.string(),
};

/** What runs and what waits. `GET /api/policy` */
export const policyNow = z.object({
  running: z.object({ ...stored, generation: count, previous: z.string().nullable() }),
  files: z.array(file),
  waiting: z.object({ ...stored, signed: z.array(z.string()), diff: policyDiff.nullable() }).nullable(),
  /** The folder that is watched on this host, and whether it holds what runs. */
  folder: z.object({ path: z.string(), state: z.enum(['same', 'other', 'broken']) }),
});
export type PolicyNow = z.output<typeof policyNow>;

/** Newest first. `GET /api/policy/history?after=` */
export const policyHistory = z.object({ sets: z.array(z.object({ ...stored, runs: z.boolean() })), next: z.string().nullable() });
export type PolicyHistory = z.output<typeof policyHistory>;

/** One set that was stored, and what it is other than the running one. `GET /api/policy/sets/:digest` */
export const policySet = z.object({ ...stored, files: z.array(file), diff: policyDiff.nullable() });
export type PolicySetShown = z.output<typeof policySet>;

/** The name of a file of a policy, as it stands in the folder. */
export const policyFileName = z
  .string()
  .max(200)
  .regex(/^(?!.*\.\.)[A-Za-z0-9_][\w./-]*\.(?:ya?ml|json|csv)$/, 'A file of a policy is .yaml, .json or .csv');

/** Texts by their file names. What is sent to `check`, `replay` and `propose`. */
export const policyTexts = z.record(policyFileName, z.string().max(1024 * 1024));

/** `POST /api/policy/check` with `{ files }`: mistakes with their lines, warnings, every case, and what would change. */
export const policyChecked = z.object({
  digest: z.string().nullable(),
  errors: z.array(problem),
  warnings: z.array(z.string()),
  cases: z.array(z.object({ file: z.string(), line: count, name: z.string(), passed: z.boolean(), says: z.string() })),
  /** There are more cases than were run in the time that there was. */
  cut: z.boolean(),
  diff: policyDiff.nullable(),
});
export type PolicyChecked = z.output<typeof policyChecked>;

const verdict = z.enum(['allow', 'deny', 'hold', 'stage']);

/** `POST /api/policy/replay` with `{ files, last? }`: what the last so many decisions would have been. */
export const policyReplay = z.object({
  errors: z.array(problem),
  replayed: count,
  same: count,
  unreadable: count,
  transitions: z.record(z.string(), count),
  changed: z.array(z.object({ call: z.string(), says: z.string(), was: verdict, now: verdict, code: z.string(), rule: z.string() })),
  more: z.boolean(),
  /** The time was over before all of them were decided again. */
  cut: z.boolean(),
});
export type PolicyReplay = z.output<typeof policyReplay>;

/** What came of `propose`, `publish`, `sign`, `withdraw` and `rollback`. */
export const policyActed = z.object({
  status: z.enum(['proposed', 'applied', 'second_person', 'sign_off', 'signed', 'withdrawn', 'nothing', 'refused']),
  digest: z.string().nullable(),
  says: z.string(),
  errors: z.array(problem),
});
export type PolicyActed = z.output<typeof policyActed>;

const mode = z.enum(['observe', 'warn', 'enforce']);

/** What a plugin may do, as policy says it now. `GET /api/policy/effective?plugin=` and `?person=` */
export const policyEffective = z.object({
  person: z.object({ id: z.string(), known: z.boolean(), groups: z.array(z.string()), roles: z.array(z.string()) }).nullable(),
  plugins: z.array(
    z.object({
      plugin: z.string(),
      version: z.string(),
      owner: z.string(),
      mode,
      for: z.array(z.string()),
      profiles: z.array(z.object({ id: z.string(), for: z.array(z.string()) })),
      connectors: z.array(
        z.object({
          connector: z.string(),
          owner: z.string(),
          access: z.enum(['read-only', 'read-write']),
          environment: z.string(),
          mode,
          tools: z.array(
            z.object({
              tool: z.string(),
              effect: z.string(),
              reversible: z.boolean(),
              tier: z.string(),
              autonomy: z.enum(['draft', 'approve', 'sample', 'unattended']),
              /** Always decided by a person. */
              requiresApproval: z.boolean(),
              approvers: z.array(z.string()),
              needs: count,
              checks: z.array(z.object({ id: z.string(), says: z.string(), mode })),
            }),
          ),
        }),
      ),
    }),
  ),
  more: z.boolean(),
});
export type PolicyEffective = z.output<typeof policyEffective>;
