import { parseDurationMs } from './duration.ts';

/** How long a held call waits, by the name that a client gives itself; `name*` for a family, `*` for the rest. */
export type ClientWaits = Readonly<Record<string, number>>;

/** As measured. A client's name is a claim: it chooses a time to wait, and nothing else. */
export const measuredWaitsMs: ClientWaits = {
  'claude-code': 110_000,
  cowork: 25_000,
  'local-agent-mode*': 25_000,
  'claude-desktop': 25_000,
  'claude-ai': 25_000,
  'anthropic/claudeai': 25_000,
  '*': 20_000,
};

/** Of a client that nobody measured, and of one that takes no stream: real clients end a request without an answer at 60 s. */
export const unknownWaitMaxMs = 45_000;
const waitMaxMs = 5 * 60_000;

/** One line of a table of waiting times in milliseconds, or what is wrong with it. */
export function readWait(client: string, time: string): number | string {
  if (!/^(\*|[^\s*,=]{1,100}\*?)$/.test(client)) return `"${client.slice(0, 100)}" is no client's name; write a name, name* or *`;
  const ms = parseDurationMs(time);
  if (ms === undefined) return `"${time.slice(0, 40)}" is no duration such as 25s; 0s does not wait`;
  if (ms > waitMaxMs) return 'A held call waits at most 5m; the agent comes back for it then';
  if (client === '*' && ms > unknownWaitMaxMs)
    return 'A client that nobody measured waits at most 45s: real ones end a request at 60s. Name the client that waits longer';
  return ms;
}
