import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';
import * as z from 'zod';

const resourceContents = z
  .looseObject({ uri: z.string(), mimeType: z.string().optional() })
  .and(z.union([z.looseObject({ text: z.string() }), z.looseObject({ blob: z.base64() })]));

const media = (type: 'image' | 'audio') => z.looseObject({ type: z.literal(type), data: z.base64(), mimeType: z.string() });

const content = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  media('image'),
  media('audio'),
  z.looseObject({ type: z.literal('resource'), resource: resourceContents }),
  z.looseObject({ type: z.literal('resource_link'), uri: z.string(), name: z.string() }),
]);

const inputRequired = z.looseObject({
  resultType: z.literal('input_required'),
  inputRequests: z.record(z.string().max(256), z.looseObject({ method: z.string(), params: z.looseObject({}).optional() })).optional(),
  requestState: z.string().optional(),
});

const complete = z.looseObject({
  completion: z.looseObject({ values: z.array(z.string()).max(100), total: z.number().optional(), hasMore: z.boolean().optional() }),
});

const shapes: Readonly<Record<UpstreamMethod, z.ZodType>> = {
  'tools/call': z.looseObject({ content: z.array(content).optional(), isError: z.boolean().optional() }),
  'prompts/get': z.looseObject({
    description: z.string().optional(),
    messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant']), content })),
  }),
  'resources/read': z.looseObject({ contents: z.array(resourceContents) }),
  'completion/complete': complete,
  'resources/subscribe': z.looseObject({}),
  'resources/unsubscribe': z.looseObject({}),
  'logging/setLevel': z.looseObject({}),
};

const mayAsk: ReadonlySet<UpstreamMethod> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** What of the answer is not in the protocol; undefined when all of it is. */
export function misshapen(method: UpstreamMethod, result: object): string | undefined {
  const asks = 'resultType' in result && result.resultType === 'input_required';
  if (asks && !mayAsk.has(method)) return 'resultType: input_required is not an answer to this';
  if ('resultType' in result && !asks && result.resultType !== 'complete') return 'resultType: neither complete nor input_required';
  const { error } = (asks ? inputRequired : shapes[method]).safeParse(result);
  const issue = error?.issues[0];
  return issue && `${issue.path.join('.') || 'the answer'}: ${issue.message}`.slice(0, 200);
}
