import type { JsonObject } from '@trapkey/contract/json.ts';
import type { AgentBatch } from '../../kernel/batches.ts';
import { UserError } from '../../kernel/errors.ts';
import type { BatchSide } from '../doors.ts';
import { whoseOf } from '../resuming.ts';
import { type Asking, type OwnAnswer, type OwnTool, textResult } from './own-tool.ts';

const idCharactersMax = 64;
const batchArgument = { type: 'string', maxLength: idCharactersMax, description: 'The batch, as the staged call named it: B-…' } as const;

const counts = { type: 'object', additionalProperties: { type: 'integer' } } as const;
const batchSchema = {
  type: 'object',
  properties: {
    batch: { type: 'string' },
    state: { type: 'string' },
    changes: { type: 'integer' },
    reach: { type: 'integer' },
    attempt: { type: 'integer' },
    ends: counts,
  },
  required: ['batch', 'state', 'changes', 'reach', 'attempt', 'ends'],
  additionalProperties: false,
} as const;

/** `trapkey_batch_submit`: no more changes come; people look at it. */
export function submitTool(side: BatchSide): OwnTool {
  return {
    definition: {
      name: 'trapkey_batch_submit',
      title: 'Submit a batch',
      description:
        'Closes a batch of staged changes, so that people can look at a sample of it and decide. Makes none of its changes, and nothing can be added afterwards.',
      inputSchema: { type: 'object', properties: { batch: batchArgument }, required: ['batch'], additionalProperties: false },
      annotations: { title: 'Submit a batch', readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    run: (args, asking) => act(side, 'trapkey_batch_submit', args, asking, side.door.submit),
  };
}

/** `trapkey_batch_withdraw`: takes a batch back before it is made. */
export function withdrawTool(side: BatchSide): OwnTool {
  return {
    definition: {
      name: 'trapkey_batch_withdraw',
      title: 'Take a batch back',
      description:
        'Takes a batch of staged changes back, before people apply it; none of its changes is made. Once it was submitted it counts as returned.',
      inputSchema: { type: 'object', properties: { batch: batchArgument }, required: ['batch'], additionalProperties: false },
      annotations: { title: 'Take a batch back', readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    run: (args, asking) => act(side, 'trapkey_batch_withdraw', args, asking, side.door.withdraw),
  };
}

/** `trapkey_batch_status`: one batch, or all of this person and release. */
export function statusTool({ door, texts }: BatchSide): OwnTool {
  return {
    definition: {
      name: 'trapkey_batch_status',
      title: 'What became of batches',
      description:
        'Tells where batches of staged changes of this person and plugin stand, and what people wrote on changes that were wrong.',
      inputSchema: { type: 'object', properties: { batch: batchArgument }, additionalProperties: false },
      outputSchema: {
        type: 'object',
        properties: { batches: { type: 'array', items: batchSchema } },
        required: ['batches'],
        additionalProperties: false,
      },
      annotations: {
        title: 'What became of batches',
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
    },
    async run(args, { caller }) {
      const wanted = wantedOf('trapkey_batch_status', args, false);
      if ('wrong' in wanted) return textResult(wanted.wrong, true);
      const whose = whoseOf(caller);
      if (wanted.batch === undefined) {
        const batches = await door.list(whose);
        return textResult(texts.list(batches), false, { structuredContent: { batches: batches.map(shown) } });
      }
      const batch = await door.find(wanted.batch, whose);
      if (!batch) return textResult(texts.none(wanted.batch), true);
      return textResult(texts.one(batch), false, { structuredContent: { batches: [shown(batch)] } });
    },
  };
}

async function act(
  { texts }: BatchSide,
  tool: string,
  args: JsonObject,
  { caller, client }: Asking,
  does: BatchSide['door']['submit'],
): Promise<OwnAnswer> {
  const wanted = wantedOf(tool, args, true);
  if ('wrong' in wanted) return textResult(wanted.wrong, true);
  const id = wanted.batch as string;
  try {
    const batch = await does(id, whoseOf(caller), client.info.name);
    if (!batch) return textResult(texts.none(id), true);
    return textResult(texts.one(batch), false, { _meta: { 'io.trapkey/decision': { batch: batch.id, state: batch.state } } });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return textResult(`NOT DONE: ${error.message}`, true);
  }
}

function wantedOf(tool: string, args: JsonObject, needed: boolean): { readonly batch: string | undefined } | { readonly wrong: string } {
  const { batch, ...rest } = args;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return { wrong: `NOT DONE: ${tool} has no argument ${unknown.slice(0, 40)}. Nothing was changed.` };
  if (batch === undefined && !needed) return { batch: undefined };
  if (typeof batch !== 'string' || batch === '' || batch.length > idCharactersMax)
    return { wrong: `NOT DONE: ${tool} needs a batch, such as {"batch":"B-…"}. Nothing was changed.` };
  return { batch };
}

function shown({ id, state, changes, reach, attempt, ends }: AgentBatch) {
  return { batch: id, state, changes, reach, attempt, ends };
}
