import { counted } from '../kernel/counted.ts';
import type { StopScope, StopView } from '../kernel/readers.ts';
import type { StopDetail, StopPast, StopPreview } from '../kernel/stops.ts';

const shownMax = 20;

/** What is engaged now, one line each. */
export function listText(stops: readonly StopView[]): string {
  return stops.length === 0 ? 'Nothing is stopped.\n' : stops.map(line).join('');
}

/** Every stop, with how it ended. */
export function historyText(stops: readonly StopPast[]): string {
  if (stops.length === 0) return 'Nothing was ever stopped.\n';
  return stops
    .map((stop) => {
      const { released } = stop;
      return `${line(stop)}${released ? `  released ${time(released.atMs)} by ${released.by}: ${released.reason}\n` : ''}`;
    })
    .join('');
}

/** One stop and what every node did about it. */
export function detailText(stop: StopDetail): string {
  const state = stop.released ? `released ${time(stop.released.atMs)} by ${stop.released.by}: ${stop.released.reason}` : 'engaged';
  const nodes = stop.nodes.map(({ node, host, pid, afterMs, aborted }) => {
    const did = afterMs === undefined ? 'has NOT confirmed yet' : `confirmed after ${afterMs} ms, ended ${aborted} calls in flight`;
    return `            ${node} (${host}, process ${pid}) ${did}\n`;
  });
  return [
    `Stop        ${stop.id}, ${state}\n`,
    `What        ${text(stop.scope)}, ${stop.mode}\n`,
    `By          ${stop.by}, ${time(stop.atMs)}: ${stop.reason}\n`,
    `Until       ${stop.untilMs === undefined ? 'it is released' : time(stop.untilMs)}; by ${stop.mayRelease}\n`,
    ...(stop.also.length > 0 ? [`With it     ${stop.also.map(({ id, scope }) => `${text(scope)} (${id})`).join(', ')}\n`] : []),
    ...(stop.tokensRevoked > 0 ? [`Tokens      ${stop.tokensRevoked} revoked\n`] : []),
    `Records     ${stop.held ? 'held: nothing of the scope is erased meanwhile' : 'no longer held'}\n`,
    ...broughtText(stop),
    `Nodes       ${nodes.length === 0 ? 'none serves\n' : `\n${nodes.join('')}`}`,
  ].join('');
}

function broughtText({ brought: { ended, refused, more } }: StopDetail): readonly string[] {
  const lines = ended
    .slice(0, shownMax)
    .map(
      ({ call, release, tool, outcome }) =>
        `            ${call} ${tool} of ${release}: ${outcome === 'unknown' ? 'nobody knows whether it happened' : outcome}\n`,
    );
  const left =
    ended.length > shownMax ? `            and ${ended.length - shownMax} more: trapkey record list 'code:stopped kind:executed'\n` : '';
  return [
    `Refused     ${more ? 'at least ' : ''}${counted(refused, 'call', 'calls')}\n`,
    `Ended       ${ended.length === 0 ? 'no call was cut off\n' : `\n${lines.join('')}${left}`}`,
  ];
}

/** What a stop would hit. */
export function previewText(preview: StopPreview, mode: StopView['mode']): string {
  const { people, runs, tickets, batches, connectors, tools } = preview;
  return [
    `Would stop ${preview.scope}: ${mode === 'full' ? 'nothing runs' : 'only reading goes on'}. Nothing was stopped.\n`,
    `People      ${some(people)}\n`,
    `Runs        ${some(runs)}\n`,
    `In flight   ${preview.inFlight} calls would be ended\n`,
    `Tickets     ${some(tickets)}\n`,
    `Batches     ${some(batches)}\n`,
    `Connectors  ${some(connectors)}\n`,
    `Tools       ${some(tools)}\n`,
    `Tokens      ${preview.tokens} live\n`,
    ...(preview.also.length > 0 ? [`--with-connectors would take ${preview.also.join(', ')} along.\n`] : []),
    ...(preview.wide ? ['It reaches across everybody: another person has to release it.\n'] : []),
  ].join('');
}

/** What was just done. */
export function engagedText(stop: StopView, what: string, also: number): string {
  const does = stop.mode === 'full' ? 'nothing runs' : 'only reading goes on';
  const until = stop.untilMs === undefined ? `\`trapkey release ${stop.id}\`` : `${time(stop.untilMs)}, or \`trapkey release ${stop.id}\``;
  return `Stopped ${what}${also > 0 ? ` and ${also} more with it` : ''}: ${does} until ${until}.\n`;
}

function line({ id, scope, mode, by, reason, atMs, untilMs, act }: StopView): string {
  const until = untilMs === undefined ? '' : ` until ${time(untilMs)}`;
  return `${id}  ${text(scope)}  ${mode}  since ${time(atMs)}${until} by ${by}${act === undefined ? '' : `, with ${act}`}: ${reason}\n`;
}

function some(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const rest = names.length > shownMax ? `, and ${names.length - shownMax} more` : '';
  return `${names.length}: ${names.slice(0, shownMax).join(', ')}${rest}`;
}

function text(scope: StopScope): string {
  return scope.kind === 'everything' ? 'everything' : `${scope.kind}:${scope.id}`;
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
