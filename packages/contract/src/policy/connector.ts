import { z } from 'zod';
import { approvals } from './approvals.ts';
import { answerRules, classes } from './data.ts';
import { limits } from './limits.ts';
import { effect, expression, id, mode, pattern, sentence } from './words.ts';

const probe = z.strictObject({
  probe: z.strictObject({ tool: z.string().min(1).max(128), args: z.record(z.string(), expression).default({}) }),
  value: expression,
});

const paths = z
  .array(
    z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, 'A path is names of fields with dots between them; * is any name, ** any number of them'),
  )
  .min(1)
  .max(200);
const outsidersWrite = z
  .union([z.boolean(), paths, z.strictObject({ except: paths })])
  .optional()
  .describe(
    "Fields that carry outsiders' text; true: all of it; except: all but these, where they hold one word such as an address or an id",
  );

const orProbe = z.union([expression, probe]);
const toolName = z.string().min(1).max(128);

/** Reads what a change is about to change, through a `read` tool over the same connection. */
const before = z.strictObject({ tool: toolName, args: z.record(z.string(), expression).default({}) });

/** Takes a change back; `before` is the before-image, `result` what the change answered. */
const undo = z.strictObject({ tool: toolName, args: z.record(z.string(), expression).default({}) });

/** From when on changes become a batch in place of running, and how the batch is looked at. */
const stage = z.strictObject({
  over: z
    .string()
    .regex(/^[0-9]{1,6} per run$/, 'Write how many may run before: 20 per run')
    .describe('So many records of a run may be reached, in many calls or in one; what would go past them is staged'),
  sample: z.int().min(1).max(10_000).default(10).describe('How many changes of a batch a person looks at, drawn at random'),
  ticket_over: z.int().min(1).max(1_000_000).optional().describe('A batch of more changes than this also needs an approval as a whole'),
});

/** Lets a read show what the run has staged: the fields of `set` stand in its answer where `where` holds for the staged change. */
const overlay = z.strictObject({
  of: toolName.describe('connector.tool or tool whose staged changes are shown'),
  where: expression.describe(
    'Whether a staged change is of what this read asks for; `args` is the read, `staged` the arguments of the change',
  ),
  set: z.record(z.string(), expression).describe('Fields of the answer and their values, from `staged`'),
});

/** Rules of one tool. What is not listed is not offered. */
export const tool = z.strictObject({
  effect,
  reversible: z.boolean().optional().describe('A write that Trapkey or the system can undo; otherwise it is high tier'),
  reach: orProbe.optional().describe('How many records or people one call touches'),
  recipients: orProbe.optional().describe('Whom it reaches; their number is the reach, their addresses the destination'),
  destination: expression.optional(),
  amount: z.strictObject({ value: expression, currency: expression }).optional(),
  outsiders_write: outsidersWrite,
  sources: z.array(expression).max(20).default([]),
  check: z
    .array(z.strictObject({ rule: expression, says: sentence, mode: mode.optional() }))
    .max(200)
    .default([]),
  arguments: z.record(z.string(), z.json()).optional().describe("JSON Schema laid over the tool's own; the agent sees the narrowed one"),
  approvals: approvals.optional(),
  requires_approval: z.boolean().default(false),
  says: sentence.optional().describe('Words for the ticket; {reach}, {amount}, {destination} and {args.x} are filled in'),
  instead: z.strictObject({ tool: z.string().min(1).max(128) }).optional(),
  before: before.optional().describe('Read ahead of dispatch and kept as the before-image'),
  undo: undo.optional().describe('With `before` it makes a write reversible'),
  stage: stage.optional(),
  overlay: overlay.optional(),
  idempotent: z.boolean().default(false),
  idempotency_argument: z.string().min(1).max(128).optional(),
  data: classes.optional().describe('Classes that each answer of this tool holds, for certain'),
  limits,
  mode: mode.optional(),
});
export type ToolDocument = z.output<typeof tool>;

/** What a connector offers and how far it goes. Where it leads is the `connection` of the same id, or the one it names. */
export const connector = z
  .strictObject({
    connector: id,
    connection: id.optional(),
    owner: sentence.optional(),
    access: z.enum(['read-only', 'read-write']).default('read-only'),
    because: sentence.optional().describe('Why it may write; required for read-write'),
    system_of_record: z.boolean().default(false),
    requires_approval: z.boolean().default(false).describe('true holds every call; false never lowers what the tier asks for'),
    outsiders_write: outsidersWrite,
    tools: z.record(z.string().min(1).max(128), tool).default({}),
    resources: z.array(pattern).max(200).default([]).describe('URI patterns of the resources that may be read'),
    prompts: z.array(pattern).max(200).default([]).describe('Name patterns of the prompts that may be used'),
    allowed_tables: z.array(z.string().min(1)).optional(),
    denied_columns: z.array(z.string().min(1)).optional(),
    row_limit: z.int().min(1).optional(),
    ...answerRules,
    audit: z
      .strictObject({
        log_every_query: z.boolean().optional().describe('false never turns the record off'),
        alert_if_rows_returned_over: z.int().min(0).optional(),
      })
      .optional(),
    limits,
    mode: mode.optional(),
  })
  .check((context) => {
    if (context.value.access === 'read-write' && context.value.because === undefined) {
      context.issues.push({
        code: 'custom',
        message: '`access: read-write` needs `because`: a sentence saying why',
        input: context.value,
        path: ['access'],
      });
    }
  });
export type ConnectorDocument = z.output<typeof connector>;
