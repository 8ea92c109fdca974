import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { approvalsCommands } from '../../packages/server/src/cli/approvals.ts';
import { stopCommand } from '../../packages/server/src/cli/stop.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { People } from '../../packages/server/src/kernel/people.ts';
import { findRun } from '../../packages/server/src/runs/read.ts';
import { openStopDesk } from '../../packages/server/src/stages/contain/stops/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callOf } from './desk.ts';
import { type Node, openNode } from './node.ts';

const claimed = { person: 'os:root', assurance: 'claimed' } as const;
const [sqlite] = databases;
const noon = Date.now();

describe('deciding from the terminal', () => {
  let at: FreshDatabase;
  let node: Node;
  let people: People;
  let folder: string;
  const codes = new Map<string, string>();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trapkey-cli-'));
    at = await (sqlite as NonNullable<typeof sqlite>).fresh();
    node = await openNode(at.address, () => noon, {
      'approvals: { high:': 'break_glass: [m.osei@corp.example]\napprovals: { high:',
    });
    people = openPeople({ database: at.database, recorder: node.recorder, clock: () => noon });
    codes.set('k.lind@corp.example', (await people.enrollFirst('k.lind@corp.example')).code);
    const by = { person: 'k.lind@corp.example', roles: ['administrator'], freshAtMs: noon };
    for (const person of ['m.osei@corp.example', 'j.rivera@corp.example'])
      codes.set(person, (await people.enroll(person, ['approver'], by)).code);
  });
  afterEach(async () => {
    await node.close();
    await at.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const mail = (to: readonly string[]): Call => {
    const call = callOf(noon);
    const credential = { ...call.credential, person: 'j.rivera@corp.example', audience: '/p/sales/2.1.0/mail' };
    return {
      ...call,
      id: newCallId(noon),
      endpoint: { ...call.endpoint, connector: 'mail' },
      name: 'send_email',
      args: { to },
      credential,
    };
  };
  const held = async (to: readonly string[] = ['a@x.example', 'b@x.example', 'c@x.example']): Promise<string> => {
    const handled = await node.handle(mail(to));
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const sent = () => node.upstream.reached.map(({ params }) => params['arguments']);

  /** Runs a command as a process would; what is typed answers each question in turn. */
  const run = async (args: readonly string[], typed: readonly string[] = [], isTTY = false, env: Record<string, string> = {}) => {
    const stdin = Object.assign(new PassThrough(), { isTTY });
    const written = { out: '', err: '' };
    const left = [...typed];
    const answer = (text: string) => {
      if (isTTY && /(: |\? )$/.test(text) && left.length > 0) setImmediate(() => stdin.write(`${left.shift()}\n`));
    };
    const catcher = (name: 'out' | 'err') =>
      new PassThrough().on('data', (chunk: Buffer) => {
        written[name] += chunk.toString();
        if (name === 'err') answer(chunk.toString());
      });
    if (!isTTY) stdin.end(typed.join('\n'));
    const terminal = { stdin, stdout: catcher('out'), stderr: catcher('err'), env };
    const program = new Command('trapkey').exitOverride();
    approvalsCommands(program, async () => ({ approvals: node.approvals, people, claimed, close: async () => undefined }), terminal);
    const stopDesk = openStopDesk({
      database: at.database,
      clock: Date.now,
      policy: () => undefined,
      findRun: (id) => findRun(at.database, id),
      inFlight: async () => [],
    });
    const stops = { stops: node.stops, people, desk: stopDesk, claimed };
    stopCommand(program, async () => ({ ...stops, close: async () => undefined }), terminal);
    const error = await program.parseAsync(args, { from: 'user' }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    return { ...written, error };
  };
  const as = async (person: string, args: readonly string[]) =>
    await run([...args, '--as', person, '--code-stdin'], [codes.get(person) ?? '']);

  it('cuts a list down, by count or by name', async () => {
    const id = await held();
    expect((await run(['approvals', 'part', id, '--list', 'to'])).error?.message).toContain('Say which part');
    expect((await run(['approvals', 'part', id, '--list', 'to', '--only', '{}'])).error?.message).toContain('takes a JSON array');
    const part = await as('k.lind@corp.example', ['approvals', 'part', id, '--list', 'to', '--only', '["c@x.example"]']);
    expect(part.out).toBe(`Approved a smaller part of ${id} as k.lind@corp.example; it runs when the agent makes the same call again.\n`);
    await node.handle(mail(['a@x.example', 'b@x.example', 'c@x.example']));
    expect(sent()).toEqual([{ to: ['c@x.example'] }]);
    expect((await run(['approvals', 'show', id])).out).toContain('Changed     by an approver, who cut it down; the agent asked for:');
  });

  it('edits from a file; another person must approve', async () => {
    const id = await held();
    const file = join(folder, 'new.json');
    writeFileSync(file, '{"to": ["d@x.example"], "to": []}');
    const edit = ['approvals', 'edit', id, '--arguments', file];
    expect((await as('k.lind@corp.example', edit)).error?.message).toContain('not JSON as it is taken here');
    writeFileSync(file, '{"to": ["d@x.example"]}');
    expect((await as('k.lind@corp.example', edit)).out).toContain('somebody else must approve it');
    const own = await as('k.lind@corp.example', ['approvals', 'approve', id]);
    expect(own.out).toContain('it still waits; nobody decides on their own: k.lind@corp.example changed what would run');
    expect((await as('m.osei@corp.example', ['approvals', 'approve', id])).out).toContain('it runs when the agent');
    await node.handle(mail(['a@x.example', 'b@x.example', 'c@x.example']));
    expect(sent()).toEqual([{ to: ['d@x.example'] }]);
  });

  it('asks, answers, gives more time, takes back, and breaks the glass', async () => {
    const id = await held();
    await as('k.lind@corp.example', ['approvals', 'ask', id, 'Who are they?']);
    await as('j.rivera@corp.example', ['approvals', 'answer', id, 'Old customers.']);
    const shown = (await run(['approvals', 'show', id])).out;
    expect(shown).toContain('Question    k.lind@corp.example: Who are they?');
    expect(shown).toContain('Answer      j.rivera@corp.example: Old customers.');
    expect((await as('k.lind@corp.example', ['approvals', 'extend', id, '--by', 'soon'])).error?.message).toContain('is no duration');
    expect((await as('k.lind@corp.example', ['approvals', 'extend', id, '--by', '2h'])).out).toContain(`Ticket ${id} now waits until`);
    const glass = ['approvals', 'break-glass', id, '--reason', 'the site is down'];
    expect((await as('k.lind@corp.example', glass)).error?.message).toContain('may not break the glass');
    expect((await as('m.osei@corp.example', glass)).out).toContain(`You broke the glass for ${id}`);
    expect((await run(['approvals', 'list', '--broke-glass'])).out).toContain('m.osei@corp.example (break-glass)');
    expect((await as('k.lind@corp.example', ['approvals', 'withdraw', id])).error?.message).toContain('who asked for it, can withdraw');
    expect((await as('j.rivera@corp.example', ['approvals', 'withdraw', id, '--reason', 'over'])).out).toBe(
      `Withdrew ${id} as j.rivera@corp.example.\n`,
    );
  });

  it('refuses and stops the run, which `stop list` names and `stop run:` does too', async () => {
    const id = await held();
    const refused = await as('k.lind@corp.example', ['approvals', 'refuse', id, '--reason', 'runs wild', '--stop-run']);
    const runId = (await node.approvals.find(id))?.run;
    expect(refused.out).toBe(`Refused ${id} as k.lind@corp.example. Run ${runId} is stopped.\n`);
    expect((await run(['stop', 'list'])).out).toContain(`run:${runId}  full`);
    expect((await run(['stop', 'run:R-0000000000', '--reason', 'x'])).error?.message).toBe(
      'There is no run R-0000000000. Nothing was stopped.',
    );
    expect((await run(['stop', `run:${runId}`, '--reason', 'x'])).out).toContain(`Stopped run:${runId}`);
  });

  it('walks through what waits for who is at the terminal, and nothing else', async () => {
    const first = await held(['a@x.example']);
    await held(['b@x.example']);
    const person = 'k.lind@corp.example';
    const walked = await run(['approvals'], [codes.get(person) ?? '', 'a', 'r', 'not this one'], true, { TRAPKEY_PERSON: person });
    expect(walked.error).toBeUndefined();
    expect(walked.out).toContain('2 decided.');
    const states = (await node.approvals.list({ state: 'all' })).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['approved', 'refused']);
    expect(walked.out).toContain(`Ticket      ${first}`);
    const asker = await run(['approvals'], [codes.get('j.rivera@corp.example') ?? ''], true, { TRAPKEY_PERSON: 'j.rivera@corp.example' });
    expect(asker.out).toBe('Nothing was decided; nothing else waits for you.\n');
    expect((await run(['approvals'])).out).toMatch(/^TK-\w{10} {2}approved/);
  });
});
