import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { approvalsCommands } from '../../packages/server/src/cli/approvals.ts';
import { releaseCommand } from '../../packages/server/src/cli/release.ts';
import { stopCommand } from '../../packages/server/src/cli/stop.ts';
import { UserError } from '../../packages/server/src/kernel/errors.ts';
import type { People } from '../../packages/server/src/kernel/people.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { listStops } from '../../packages/server/src/stages/contain/read.ts';
import { openStopDesk } from '../../packages/server/src/stages/contain/stops/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callOf, type Desk, entriesOf, heldId, openDesk, startMs } from './desk.ts';

const claimed = { person: 'root', assurance: 'claimed' } as const;
const clock = () => startMs;
const [sqlite] = databases;

const policyOf = (connectors: readonly string[]): PolicySet =>
  ({
    connectors: new Map(connectors.map((id) => [id, { id, connection: id, tools: new Map() }])),
    connections: new Map(),
    plugins: new Map(),
    directory: new Map(),
  }) as unknown as PolicySet;

describe('the commands of people', () => {
  let at: FreshDatabase;
  let desk: Desk;
  let people: People;
  let code: string;
  let closed: number;
  beforeEach(async () => {
    closed = 0;
    at = await (sqlite as NonNullable<typeof sqlite>).fresh();
    desk = await openDesk(at, { clock });
    people = openPeople({ database: at.database, recorder: desk.recorder, clock });
    code = (await people.enrollFirst('max@corp.example')).code;
  });
  afterEach(async () => {
    await desk.close();
    await at.drop();
  });

  /** Runs a command as a process would, with what is typed on standard input. */
  const run = async (args: readonly string[], typed = '', connectors: readonly string[] | 'unreadable' = ['crm', 'mail']) => {
    const written = { out: '', err: '' };
    const catcher = (name: 'out' | 'err') => new PassThrough().on('data', (chunk: Buffer) => (written[name] += chunk.toString()));
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    stdin.end(typed);
    const terminal = { stdin, stdout: catcher('out'), stderr: catcher('err'), env: {} };
    const close = async () => void closed++;
    const program = new Command('trapkey').exitOverride();
    approvalsCommands(program, async () => ({ approvals: desk.approvals, people, claimed, close }), terminal);
    const stops = async () => ({
      stops: await openStops({ database: at.database, recorder: desk.recorder, clock }),
      people,
      desk: openStopDesk({
        database: at.database,
        clock,
        policy: () => (connectors === 'unreadable' ? undefined : policyOf(connectors)),
        findRun: async () => undefined,
        inFlight: async () => [],
      }),
      claimed,
      close,
    });
    stopCommand(program, stops, terminal);
    releaseCommand(program, stops, terminal);
    const error = await program.parseAsync(args, { from: 'user' }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    return { ...written, error };
  };
  const as = ['--as', 'max@corp.example', '--code-stdin'];

  it('list, show and approve a ticket: what is decided is shown first, and the code decides', async () => {
    const id = await heldId(desk, callOf(startMs));
    expect((await run(['approvals', 'list'])).out).toContain(
      `${id}  held, expires 2026-06-06 13:00 UTC\n  crm-act.send_campaign would email 12 contacts.`,
    );
    const shown = await run(['approvals', 'show', id.toLowerCase()]);
    expect(shown.out).toContain('Would send  exactly this:\n{\n  "list": "spring",\n  "subject": "Hello"\n}');
    const approved = await run(['approvals', 'approve', id, ...as], code);
    expect(approved.error).toBeUndefined();
    expect(approved.err).toContain('"list": "spring"');
    expect(approved.out).toBe(`Approved ${id} as max@corp.example; it runs when the agent makes the same call again.\n`);
    expect(JSON.parse((await run(['approvals', 'list', '--json'])).out)).toMatchObject([{ id, state: 'approved' }]);
    expect(closed).toBe(4);
  });

  it('do not let a shell approve: not without the code, not by writing `approve` twice', async () => {
    const id = await heldId(desk, callOf(startMs));
    const wrong = await run(['approvals', 'approve', id, ...as], 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA');
    expect(wrong.error).toBeInstanceOf(UserError);
    const none = await run(['approvals', 'approve', id, '--as', 'max@corp.example']);
    expect(none.error?.message).toContain('needs your code');
    expect((await run(['approvals', 'approve', id, ...as], 'approve\napprove\n')).error).toBeInstanceOf(UserError);
    expect((await desk.approvals.list({ state: 'held' })).map((ticket) => ticket.id)).toEqual([id]);
    expect((await entriesOf(desk)).filter(({ kind }) => kind === 'approved')).toEqual([]);
    expect(closed).toBe(3);
  });

  it('refuse a ticket with a reason, once', async () => {
    const id = await heldId(desk, callOf(startMs));
    expect((await run(['approvals', 'refuse', id, ...as, '--reason', 'not before the audit'], code)).out).toContain(`Refused ${id}`);
    const again = await run(['approvals', 'approve', id, ...as], code);
    expect(again.error?.message).toBe(`Ticket ${id} is refused and cannot be decided again. Nothing was changed.`);
    expect((await run(['approvals', 'show', 'nonsense'])).error?.message).toBe('That is not the id of a ticket.');
  });

  it('write out what a terminal would obey or hide', async () => {
    const id = await heldId(desk, callOf(startMs, { args: { to: 'a\u202Eb\u009B2J\u{E0041}', note: 'é' } }));
    const { out } = await run(['approvals', 'show', id]);
    expect(out).toContain('"to": "a\\u202eb\\u009b2J\\udb40\\udc41"');
    expect(out).toContain('"note": "é"');
  });

  it('stop without a code and release with an administrator’s', async () => {
    const stopped = await run(['stop', 'connector:crm', '--mode', 'freeze', '--reason', 'odd mails']);
    expect(stopped.out).toMatch(/^Stopped connector:crm: only reading goes on until `trapkey release S-\w{10}`\.\n$/);
    expect((await run(['stop', 'list'])).out).toMatch(
      /^S-\w{10} {2}connector:crm {2}freeze {2}since 2026-06-06T12:00:00.000Z by root: odd mails\n$/,
    );
    expect((await run(['release', 'connector:crm', '--reason', 'over', ...as], 'nonsense')).error).toBeInstanceOf(UserError);
    expect(await listStops(at.database)).toHaveLength(1);
    const released = await run(['release', 'connector:crm', '--reason', 'over', ...as], code);
    expect(released.out).toMatch(/^Released S-\w{10} as max@corp.example. Nothing is stopped now.\n$/);
    expect((await entriesOf(desk)).find(({ action }) => action === 'stop.engaged')).toMatchObject({
      assurance: { on_behalf_of: 'claimed' },
    });
    expect((await entriesOf(desk)).find(({ action }) => action === 'stop.released')).toMatchObject({
      assurance: { on_behalf_of: 'proved' },
    });
  });

  it('do not comfort with a stop on what is not there, unless nobody can say what is', async () => {
    expect((await run(['stop', 'connector:crmm', '--reason', 'x'])).error?.message).toContain(
      'No connector is called `crmm`. Nothing was stopped.',
    );
    expect((await run(['stop', 'all', '--reason', 'x'])).error?.message).toContain('cannot be stopped');
    expect((await run(['stop', 'everything'])).error?.message).toContain('Say why');
    expect(await listStops(at.database)).toEqual([]);
    expect(JSON.parse((await run(['stop', 'connector:crmm', '--reason', 'x', '--json'], '', 'unreadable')).out)).toMatchObject({
      mode: 'full',
    });
  });
});
