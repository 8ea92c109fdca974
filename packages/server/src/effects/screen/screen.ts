import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { cited } from '../../kernel/citation.ts';
import { outsidersOf } from '../../kernel/outsiders.ts';
import type { Outsiders } from '../../kernel/written-by.ts';
import { cleaned } from './clean.ts';
import { dataAnswer, noted } from './data/answer.ts';
import type { Screen, ScreenContext, Screened } from './effect.ts';
import { type Marked, marked } from './marking.ts';
import { rowsOf } from './rows.ts';
import { misshapen } from './shape.ts';

export interface ScreenLimits {
  readonly inputRequestsMax: number;
  readonly contentBlocksMax: number;
  /** Opaque state that a client carries between rounds. */
  readonly requestStateBytesMax: number;
}

const defaultScreenLimits: ScreenLimits = { inputRequestsMax: 16, contentBlocksMax: 10_000, requestStateBytesMax: 64 * 1024 };

const opaque: ReadonlySet<string> = new Set(['requestState']);

/** Looks at everything that an upstream answers before it is recorded or released. Pure: the same answer, the same verdict. */
export function screenWith(limits: ScreenLimits = defaultScreenLimits): Screen {
  return (result, context) => {
    const wrong = misshapen(context.method, result) ?? overLimit(result, limits);
    if (wrong !== undefined) return withheld(`The answer of ${context.connector.id} is not valid (${wrong})`);
    const unfit = unfitFor(result, context);
    if (unfit !== undefined) return withheld(`The answer of ${context.connector.id} breaks its own schema (${unfit})`);
    let screened: ReturnType<typeof cleaned>;
    try {
      screened = cleaned(result, opaque);
    } catch (error) {
      return withheld(`The answer of ${context.connector.id} is not valid (${error instanceof Error ? error.message : 'unreadable'})`);
    }
    // Made visible, a text may be longer than the schema allows: valid before, it must be valid after.
    const unfitNow = screened.screened.includes('hidden_characters') ? unfitFor(screened.value, context) : undefined;
    if (unfitNow !== undefined)
      return withheld(
        `The answer of ${context.connector.id} has hidden characters where its schema leaves no room to show them (${unfitNow})`,
      );
    const data = dataAnswer(screened.value, context, (shown) => unfitFor(shown, context) === undefined);
    if (!data.ok) return { ok: false, code: 'result_withheld', says: data.says, screened: data.screened, leak: data.leak };
    const value = data.result;
    const marks = markedFor(value, context);
    return {
      ok: true,
      result: cited(noted(marks.result, data.note), context),
      screened: [
        ...screened.screened,
        ...data.screened,
        ...(marks.marked ? ['outsiders'] : []),
        ...(marks.dropped ? ['structure_dropped'] : []),
      ],
      rows: rowsOf(value),
      payload: value as Json,
      classes: data.classes,
      leak: data.leak,
    };
  };
}

/** What outsiders wrote, marked for the model; policy and probes read values as they are. */
function markedFor(value: JsonObject, context: ScreenContext): Marked {
  const { connector, rules, pinned, forModel } = context;
  if (!forModel) return { result: value, marked: false, dropped: false };
  const said = outsidersOf(connector, rules, pinned);
  const outsiders: Outsiders = value['isError'] === true && said.kind !== 'none' ? { kind: 'all' } : said;
  return marked(value, { outsiders, hosts: forModel.hosts, fits: (structured) => pinned.validateOutput?.(structured) === undefined });
}

function withheld(says: string): Screened {
  return { ok: false, says };
}

function overLimit(result: JsonObject, limits: ScreenLimits): string | undefined {
  const { inputRequests, requestState, content, contents, messages } = result;
  if (inputRequests && Object.keys(inputRequests).length > limits.inputRequestsMax)
    return `it asks for more than ${limits.inputRequestsMax} things at once`;
  if (typeof requestState === 'string' && Buffer.byteLength(requestState) > limits.requestStateBytesMax)
    return `its state is over ${limits.requestStateBytesMax} bytes`;
  const tooLong = [content, contents, messages].some((list) => Array.isArray(list) && list.length > limits.contentBlocksMax);
  return tooLong ? `it has more than ${limits.contentBlocksMax} parts` : undefined;
}

/** Structured content must fit the pinned output schema, and be there where one is; an error need not. */
function unfitFor(result: JsonObject, { method, pinned }: ScreenContext): string | undefined {
  if (method !== 'tools/call' || !pinned.validateOutput || result['isError'] === true || result['resultType'] === 'input_required')
    return undefined;
  if (result['structuredContent'] === undefined) return 'structuredContent is missing';
  return pinned.validateOutput(result['structuredContent']);
}
