import { assurances, codes, coverages, effects, kinds, modes, outcomes, tiers, verdicts } from '@trapkey/contract/codes.ts';
import type { Entry } from '@trapkey/contract/entry.ts';

/** What may stand after a field's colon: anything, a number, yes or no, or one of a closed list. */
export type FieldType = 'text' | 'number' | 'boolean' | readonly string[];

const list = (closed: object): readonly string[] => Object.keys(closed);

type Fields = { readonly [field in keyof Required<Entry>]: FieldType | { readonly [part: string]: FieldType } };

// Required<Entry>: a new field of the record does not compile until it can be asked for.
const entryFields: Fields = {
  entry: 'number',
  timestamp: 'text',
  kind: list(kinds),
  actor: 'text',
  on_behalf_of: 'text',
  action: 'text',
  approval: 'text',
  data_sources: 'text',
  model: 'text',
  plugin: 'text',
  reversible: 'boolean',
  outcome: list(outcomes),
  call: 'text',
  attempt: 'number',
  run: 'text',
  session: 'text',
  agent: { id: 'text', parent: 'text', depth: 'number' },
  tool_use: 'text',
  instructions: { skill: 'text', agent_type: 'text', prompt: 'text' },
  spend: { micro_usd: 'number', tokens: 'number', requests: 'number' },
  connector: 'text',
  tool: 'text',
  method: 'text',
  effect: list(effects),
  tier: list(tiers),
  reach: 'number',
  destination: ['inside', 'outside', 'unknown'],
  amount: { micro_units: 'number', currency: 'text' },
  environment: 'text',
  profile: 'text',
  verdict: list(verdicts),
  code: list(codes),
  rule: 'text',
  ticket: 'text',
  batch: 'text',
  change: 'number',
  changed: { before: 'text', after: 'text' },
  would: { verdict: list(verdicts), code: list(codes), rule: 'text', mode: list(modes).filter((mode) => mode !== 'enforce') },
  policy: 'text',
  definition: 'text',
  arguments: 'text',
  result: { digest: 'text', rows: 'number', bytes: 'number', screened: 'text', is_error: 'boolean' },
  probe: { connector: 'text', tool: 'text', for: 'text' },
  decide_ms: 'number',
  held_ms: 'number',
  upstream_ms: 'number',
  coverage: list(coverages),
  assurance: list(assurances),
  subject: 'text',
  reason: 'text',
  count: 'number',
  source: 'text',
  detail: 'text',
};

/** Every word that may stand before a colon, and what may stand after it; parts of a field are written `agent.id`. */
export const queryFields: ReadonlyMap<string, FieldType> = new Map(
  Object.entries(entryFields).flatMap(([field, type]): (readonly [string, FieldType])[] =>
    typeof type === 'string' || Array.isArray(type)
      ? [[field, type as FieldType]]
      : Object.entries(type as Readonly<Record<string, FieldType>>).map(([part, partType]) => [`${field}.${part}`, partType] as const),
  ),
);

/** The two words that are no fields: they bound the time. */
export const timeWords = ['since', 'until'] as const;
