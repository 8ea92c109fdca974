import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Moods } from './modes.ts';
import type { Book, Did, Made } from './store.ts';
import { tools } from './tools.ts';

/** One call as it reached the CRM. */
export interface Arrived {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** From `_meta`; one among the arguments counts before it. */
  readonly key: string | undefined;
  readonly response: ServerResponse;
}

/** What the caller is told. */
export interface Told {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

/** A call that waits, for the control endpoint to see and let go. */
export interface Held {
  readonly tool: string;
  readonly id: string | undefined;
  readonly does: Fault['does'];
}

/** Calls that are being held, oldest first. */
export interface Holding {
  readonly held: () => readonly Held[];
  /** Lets all go on that wait now. */
  release(): number;
  /** Resolves when let go, or when the caller is gone. */
  wait(held: Held, response: ServerResponse): Promise<'released' | 'gone'>;
}

/** Nothing is held at first. */
export function openHolding(): Holding {
  const waiting = new Map<Held, (how: 'released') => void>();
  return {
    held: () => [...waiting.keys()],
    release() {
      const all = [...waiting.values()];
      for (const go of all) go('released');
      return all.length;
    },
    wait: (held, response) =>
      new Promise((resolve) => {
        const done = (how: 'released' | 'gone') => {
          waiting.delete(held);
          response.off('close', gone);
          resolve(how);
        };
        const gone = () => done('gone');
        if (response.destroyed) return resolve('gone');
        response.once('close', gone);
        waiting.set(held, done);
      }),
  };
}

/** Takes a call through whatever is to befall it; what it changed and the log's line of it are one transaction. */
export async function callTool(
  { book, moods, holding }: { readonly book: Book; readonly moods: Moods; readonly holding: Holding },
  { tool: name, args: given, key: metaKey, response }: Arrived,
): Promise<Told> {
  const { keys, read_back, delay_ms } = moods.modes();
  const { idempotency_key: own, ...rest } = given;
  const args = keys === 'unknown' ? given : rest;
  const key = typeof own === 'string' && keys !== 'unknown' ? own : metaKey;
  const id = typeof args['id'] === 'string' ? args['id'] : undefined;
  const fault = moods.fate(name, id);
  const log = (make: () => Made) => book.once({ by: 'mcp', tool: name, args, key, fault: fault?.does }, keys === 'honoured', make);
  const note = (did: Did, answer: Made['answer'] = {}) => log(() => ({ account: id, did, answer }));
  const refuse = (error: string): Told => ({ answer: note('refused', { error }).answer, isError: true });

  if (delay_ms > 0) await pause(delay_ms);
  if (name === 'get_account' && read_back === 'fails') return refuse('Accounts cannot be read one by one today.');
  const tool = name === 'get_account' && read_back === 'missing' ? undefined : tools[name];
  const parsed = tool?.input.safeParse(args);
  if (!tool || !parsed?.success) return refuse(parsed?.error?.message ?? `There is no tool ${name}.`);

  if (fault?.does === 'error') return refuse('Something went wrong; nothing was changed.');
  if (fault?.does === 'slow') await pause(fault.ms ?? 100);
  if (fault?.does === 'late' || fault?.does === 'hold_before') {
    const how = await holding.wait({ tool: name, id, does: fault.does }, response);
    if (how === 'gone' && fault.does === 'hold_before') return { answer: note('dropped').answer, isError: true };
  }
  if (fault?.does.endsWith('_before') && fault.does !== 'hold_before') {
    note('dropped');
    return breakOff(response, fault);
  }
  const made = log(() => tool.run(book, parsed.data as never));
  if (fault?.does === 'hold_after') await holding.wait({ tool: name, id, does: fault.does }, response);
  else if (fault?.does === 'error_after') return { answer: { error: 'Something went wrong.' }, isError: true };
  else if (fault?.does.endsWith('_after')) return breakOff(response, fault);
  return { answer: made.answer, isError: made.did === 'refused' };
}

/** An answer that never ends well: whoever would write it out waits for ever. */
function breakOff(response: ServerResponse, { does }: Fault): Promise<never> {
  const never = new Promise<never>(() => undefined);
  if (does.startsWith('status_500')) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error');
    return never;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"jsonrpc":"2.0","result":{"content":[{"type":"te', () => {
    if (does.startsWith('exit')) process.exit(9);
    response.destroy();
  });
  return never;
}
