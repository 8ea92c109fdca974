import { z } from 'zod';
import { duration, mode } from './words.ts';

/** What a limit counts, each with its sentence. `depth` and `agents` need a witness that names agents. */
export const measures = {
  calls: 'every call that runs, of any kind',
  actions: 'tool calls that run, reads among them',
  writes: 'calls that change something',
  sends: 'calls that reach somebody',
  people: 'people reached by sends',
  records: 'records changed',
  rows_read: 'rows that reads returned',
  amount: 'money moved or committed',
  bytes: 'bytes of results',
  refusals: 'calls that were refused',
  agents: 'different sub-agents',
  repeats: 'the same call over again',
  spend_usd: 'what the models cost',
  tokens: 'tokens of the models',
} as const;
export type Measure = keyof typeof measures;

/** Whom one count is for. */
export const eaches = ['organization', 'plugin', 'release', 'connector', 'tool', 'person', 'run'] as const;
export type Each = (typeof eaches)[number];

const text = z
  .string()
  .regex(
    /^[0-9]{1,15}(\.[0-9]{1,6})?( [A-Z]{3})? per (run|[1-9][0-9]{0,5}(ms|s|m|h|d))$/,
    'A limit is a number and a time: 200 per 1h, 5 per run, 10000 EUR per 1d',
  );

const whole = z.strictObject({
  max: text,
  each: z.enum(eaches).optional().describe('Whom one count is for; without it the whole document that it stands in'),
  rearm: duration.optional().describe('It works again by itself this long after it tripped; without it a person resets it'),
  stop: z.enum(['freeze', 'full']).optional().describe('What a trip stops: freeze leaves reads; without it as the measure asks for'),
  mode: mode.optional(),
});
export type LimitDocument = z.output<typeof text> | z.output<typeof whole>;

const one = z.union([text, whole]);
const many = z
  .union([text, whole, z.array(one).min(1).max(10)])
  .meta({ id: 'limit' })
  .optional();
const counted = Object.fromEntries(Object.entries(measures).map(([measure, says]) => [measure, many.describe(says)])) as Readonly<
  Record<Measure, typeof many>
>;

/** Budgets that trip: `actions: 200 per 1h`, `spend_usd: 5 per run`. A trip stops what it stands on until a person resets it. */
export const limits = z
  .strictObject({
    ...counted,
    depth: z.int().min(0).max(100).optional().describe('How deep the agent that calls may stand; 0: only the one that the person talks to'),
  })
  .meta({ id: 'limits' })
  .optional();
export type LimitsDocument = NonNullable<z.output<typeof limits>>;
