import type { Checker, CheckerAnswer } from '@trapkey/contract/checker.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import { expect } from 'vitest';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handle, Handled } from '../../packages/server/src/kernel/handle.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import { type Expectation, type GoldenCase, policyWith, type Step, upstreamFixtures } from './cases.ts';
import { type House, openHouse } from './house.ts';

/** Plays one case from its first step to its last, with assertions. `stub` replaces the gateway, to see whether the suite notices. */
export async function play(golden: GoldenCase, stub?: (house: House) => Handle): Promise<void> {
  const checkers = Object.entries(golden.checkers).map(([name, answer]) => checkerOf(name, answer));
  const house = await openHouse({ policy: policyWith(golden.edit), fixtures: upstreamFixtures(), atMs: Date.parse(golden.at), checkers });
  try {
    const handle = stub?.(house) ?? house.handle;
    apply(house, golden);
    for (const name of golden.missing) house.upstream.missing.add(name);
    const own: Step = { ...golden, answers: undefined, changed: undefined } as never;
    const state = { ticket: undefined as string | undefined };
    for (const step of golden.steps.length > 0 ? golden.steps : [own]) await playStep(house, handle, golden, step, state);
  } finally {
    await house.close();
  }
}

function apply(house: House, change: Pick<Step, 'answers' | 'changed'>): void {
  for (const [tool, answer] of Object.entries(change.answers ?? {})) house.upstream.answers.set(tool, answer as never);
  for (const name of change.changed ?? []) house.upstream.changed.add(name);
}

async function playStep(
  house: House,
  handle: Handle,
  golden: GoldenCase,
  step: Step,
  state: { ticket: string | undefined },
): Promise<void> {
  apply(house, step);
  if (step.wait) house.pass(msOf(step.wait));
  const person = (name: string) => ({ person: name, roles: ['approver', 'administrator'], freshAtMs: house.now() });
  if (step.approve) await house.approvals.approve({ ticket: state.ticket ?? '', by: person(step.approve), via: 'cli' });
  if (step.refuse)
    await house.approvals.refuse({ ticket: state.ticket ?? '', by: person(step.refuse), via: 'cli', reason: step.reason ?? 'no' });
  if (step.stop)
    await house.stops.engage({
      scope: scopeOf(step.stop),
      mode: step.mode ?? 'full',
      by: { person: 'op', assurance: 'proved' },
      reason: 'drill',
    });
  // Wide stops are released by another person than the one who engaged them.
  if (step.release) await house.stops.release({ stop: scopeOf(step.release), by: person('second'), reason: 'over' });
  if (step.grant) {
    const { by, count, period, bounds, everyone } = step.grant;
    const wish = { ticket: state.ticket ?? '', count, bounds, forEveryone: everyone, because: 'routine', expiresInMs: 30 * 24 * 3_600_000 };
    const periodMs = period === undefined ? undefined : msOf(period);
    await house.grants.make({ ...wish, periodMs, by: { ...person(by), freshAtMs: house.now() }, via: 'cli' });
  }
  if (step.revoke)
    for (const { id } of await house.grants.list({ state: 'live' }))
      await house.grants.revoke({ grant: id, by: person(step.revoke), via: 'cli', reason: 'over' });
  // As the watcher does after a commit.
  await house.refreshGrants();
  if (!step.expect) return;
  const before = (await house.entries()).length;
  const reachedBefore = house.upstream.reached.length;
  house.pass(1_000);
  const call = callOf(golden, step, house.now());
  const handled = await handle(call, { signal: new AbortController().signal });
  const entries = (await house.entries()).slice(before);
  const reached = house.upstream.reached.slice(reachedBefore);
  assertHandled(step.expect, handled, state);
  assertEntries(step.expect, entries);
  const ownName = `${connectionOf(call, house)}.${call.name}`;
  expect(reached.map(({ connection, params }) => `${connection}.${nameIn(params)}`)).toEqual(
    step.expect.upstream ?? (step.expect.verdict === 'allow' ? [ownName] : []),
  );
  if (step.expect.verdict === 'allow' && call.method === 'tools/call') expect(reached.at(-1)?.params['arguments']).toEqual(call.args);
  if (handled.kind === 'held') state.ticket = handled.ticket.id;
}

function assertHandled(wanted: Expectation, handled: Handled, state: { readonly ticket: string | undefined }): void {
  const says = handled.kind === 'refused' || handled.kind === 'held' ? handled.ruling.says : '';
  const kind = wanted.happened ? 'refused' : { allow: 'result', deny: 'refused', hold: 'held', stage: 'staged' }[wanted.verdict];
  expect(handled.kind, says).toBe(kind);
  if (wanted.says) expect(says).toMatch(new RegExp(wanted.says));
  if (wanted.absent) expect(says).not.toContain(wanted.absent);
  if (handled.kind === 'refused' || handled.kind === 'held') expect(handled.ruling.owner).not.toBe('');
  if (handled.kind === 'refused') expect(handled.happened).toBe(wanted.happened ?? 'nothing');
  if (handled.kind === 'result') {
    expect(handled.warnings).toHaveLength(wanted.warnings ?? 0);
    expect(JSON.stringify(handled.result)).toContain(`trapkey:${handled.call}`);
  }
  if (wanted.same_ticket !== undefined) expect(handled.kind === 'held' && handled.ticket.id === state.ticket).toBe(wanted.same_ticket);
}

const usual = {
  allow: ['requested', 'decided', 'executed'],
  deny: ['requested', 'decided'],
  hold: ['requested', 'decided', 'held'],
  stage: ['requested', 'decided', 'staged'],
};

function assertEntries(wanted: Expectation, entries: readonly Entry[]): void {
  expect(entries.map(({ kind }) => kind)).toEqual(wanted.entries ?? usual[wanted.verdict]);
  const decided = entries.find(({ kind }) => kind === 'decided');
  expect(decided).toMatchObject({
    verdict: wanted.verdict,
    code: wanted.code,
    ...(wanted.rule && { rule: wanted.rule }),
    ...wanted.decided,
  });
  expect(decided?.policy).toMatch(/^sha256:/);
  expect(decided?.arguments).toMatch(/^sha256:/);
  if (wanted.executed) expect(entries.at(-1)).toMatchObject({ kind: 'executed', ...wanted.executed });
}

function callOf(golden: GoldenCase, step: Step, atMs: number): Call {
  const [plugin = '', version = ''] = (step.plugin ?? golden.plugin).split('@');
  const target = targetOf(step);
  const endpoint = { plugin, version, connector: target.connector };
  const claims = step.claims ?? golden.claims;
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint,
    method: target.method,
    name: target.name,
    args: target.method === 'completion/complete' ? {} : step.args,
    extra: target.extra,
    credential: {
      kind: claims ? 'jwt' : 'token',
      id: 'c1',
      person: step.as ?? golden.as,
      groups: claims ?? [],
      client: 'test',
      audience: step.audience ?? golden.audience ?? `/p/${plugin}/${version}/${target.connector}`,
      profile: step.profile ?? golden.profile,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: step.session,
    client: { name: 'golden', version: '1' },
    claims: {},
    clientCapabilities: {},
    via: 'mcp',
    ticket: undefined,
  };
}

function targetOf(step: Step): Pick<Call, 'method' | 'name' | 'extra'> & { readonly connector: string } {
  if (step.call) {
    const dot = step.call.indexOf('.');
    return { connector: step.call.slice(0, dot), method: 'tools/call', name: step.call.slice(dot + 1), extra: {} };
  }
  const [connector = '', name = ''] = (step.read ?? step.prompt ?? step.complete ?? '').split('!');
  if (step.read) return { connector, method: 'resources/read', name, extra: { uri: name } };
  if (step.prompt) return { connector, method: 'prompts/get', name, extra: {} };
  return {
    connector,
    method: 'completion/complete',
    name,
    extra: { ref: { type: 'ref/prompt', name }, argument: { name: 'x', value: '' } },
  };
}

function connectionOf(call: Call, house: House): string {
  return house.frame.moment().policy.connectors.get(call.endpoint.connector)?.connection ?? '';
}

function nameIn(params: { readonly [key: string]: unknown }): string {
  const ref = params['ref'] as { readonly name?: string } | undefined;
  return String(params['name'] ?? params['uri'] ?? ref?.name);
}

function scopeOf(text: string) {
  const [kind, id = ''] = text.split(':');
  return kind === 'everything' ? ({ kind: 'everything' } as const) : ({ kind: 'connector', id } as const);
}

function msOf(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('h') ? 3_600_000 : 60_000);
}

function checkerOf(name: string, answer: unknown): Checker {
  return {
    name,
    timeoutMs: 1_000,
    check: async () => {
      if (answer === 'fails') throw new Error('down');
      return answer as CheckerAnswer;
    },
  };
}
