import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { openPeople } from './access/people/act.ts';
import { openDirectory } from './access/scim/live.ts';
import { selfProof } from './access/self.ts';
import { openTokens } from './access/tokens/act.ts';
import type { Config } from './config.ts';
import { managedFolders } from './inventory/readers/machine.ts';
import { backupOf, openWrapping, reportOf, unwrap, type Wrapping, writeWrapped } from './inventory/wrap/act.ts';
import { firstOrganization } from './inventory/wrap/documents.ts';
import { replaceFile } from './inventory/wrap/kept.ts';
import { rewritten } from './inventory/wrap/plan.ts';
import { putVariables } from './inventory/wrap/variables.ts';
import { diffText } from './inventory/wrap/words.ts';
import { UserError } from './kernel/errors.ts';
import type { Enrolled } from './kernel/people.ts';
import type { PlannedWrap, WrapBy, WrapChoice } from './kernel/wrapped.ts';
import { loadFolder } from './policy/folder.ts';
import { type OpenPolicy, openPolicy } from './policy/open.ts';
import { problemsInWords } from './policy/problems.ts';
import { readPointer } from './policy/read.ts';
import type { Store } from './wire.ts';
import { door, urlOf } from './wire-doors.ts';
import { asking, gatewayed, idsOf, isEmpty, keepTokens } from './wire-wrapping.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const tokensLastMs = 366 * 86_400_000;

/** Puts the gateway in front of servers that a client is configured with, and takes it away again. */
export const wrapDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const people = openPeople(store);
    const managed = managedFolders(process.platform);
    return {
      people,
      plan: (choice: WrapChoice) => planned({ config, env, store, managed }, choice),
      unwrap: (path: string) => unwrap(path, { data: config.data, policyFolder: config.policyFolder, managed }),
      backup: (path: string) => backupOf(path, config.data),
    };
  });

interface Room {
  readonly config: Config;
  readonly env: Environment;
  readonly store: Store;
  readonly managed: readonly string[];
}

async function planned(room: Room, choice: WrapChoice): Promise<PlannedWrap> {
  const { config, env, store } = room;
  const empty = await isEmpty(config.policyFolder);
  const ids = empty ? new Set<string>() : await idsOf(config.policyFolder, env);
  const taken = (except: readonly string[]) => new Set([...ids].filter((id) => !except.includes(id)));
  const wrapping = await openWrapping(choice, { data: config.data, managed: room.managed, taken, ask: asking(choice, env) });
  const { plan, text } = wrapping;
  const shown = rewritten(plan, text, (connector) => gatewayed(config, choice, plan.plugin, plan.file, connector));
  const diff = diffText(plan, new Map(shown.entries.map(({ path, wrote }) => [JSON.stringify(path), JSON.parse(wrote) as JsonObject])));
  const first = (await openPeople(store).list()).length === 0;
  return {
    report: reportOf(wrapping, config.policyFolder),
    diff,
    needsCode: !first,
    apply: async (by) => await applied(room, choice, wrapping, { by, empty }),
  };
}

async function applied(
  room: Room,
  choice: WrapChoice,
  wrapping: Wrapping,
  { by, empty }: { readonly by: WrapBy; readonly empty: boolean },
): Promise<Awaited<ReturnType<PlannedWrap['apply']>>> {
  const { config, store } = room;
  const { plan } = wrapping;
  const env = { ...room.env, ...plan.variables };
  await nothingWaits(room);
  await putVariables(config.data, plan.variables);
  const written = { [plan.policyFile]: plan.policy, ...(empty && { 'organization.yaml': firstOrganization(choice.person) }) };
  const before = await textsOf(config.policyFolder, Object.keys(written));
  for (const [name, body] of Object.entries(written)) await replaceFile(join(config.policyFolder, name), body, 0o644);
  const checked = await loadFolder(config.policyFolder, env);
  if (!checked.ok) {
    await putBack(config.policyFolder, before);
    throw new UserError(`With these servers the policy would not check, so nothing was changed.\n${problemsInWords(checked.problems)}`);
  }
  const { current: people } = await openDirectory(store.database);
  const policy = await openPolicy({ ...store, env, people, folder: config.policyFolder, onAlarm: () => undefined });
  const enrolled = by === 'first' ? await openPeople(store).enrollFirst(choice.person) : undefined;
  const who = enrolled ? await provenBy(store, enrolled) : (by as Exclude<WrapBy, 'first'>);
  await runs(policy, who, plan.policyFile);
  const tokens = openTokens({ ...store, policy: policy.current });
  const issued = await tokens.issue({ plugin: plan.plugin, by: who, person: choice.person, expiresMs: tokensLastMs });
  const url = await urlOf(config, selfProof(store.keys));
  await keepTokens(config.data, plan.file, issued);
  const backup = await writeWrapped(wrapping, {
    data: config.data,
    person: choice.person,
    gatewayed: (connector) => gatewayed(config, choice, plan.plugin, plan.file, connector, { url, issued }),
  });
  return { report: reportOf(wrapping, config.policyFolder, backup), enrolled };
}

/** Whoever was enrolled just now has shown the code that was made for them. */
async function provenBy(store: Store, { person, code }: Enrolled): Promise<Exclude<WrapBy, 'first'>> {
  const verified = await openPeople(store).verifyCode(person, code);
  if (!verified.ok) throw new UserError(verified.says);
  return verified.who;
}

async function textsOf(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> {
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8').catch(() => undefined)] as const);
  return new Map(await Promise.all(texts));
}

async function putBack(folder: string, before: ReadonlyMap<string, string | undefined>): Promise<void> {
  for (const [name, text] of before) {
    if (text === undefined) await rm(join(folder, name), { force: true });
    else await replaceFile(join(folder, name), text, 0o644);
  }
}

/** What somebody else put into the folder is not applied along with this. */
async function nothingWaits({ config, env, store }: Room): Promise<void> {
  if (!(await readPointer(store.database))) return;
  const policy = await openPolicy({ ...store, env, folder: config.policyFolder, onAlarm: () => undefined });
  const said = await policy.checkFolder();
  if (said.status === 'proposed' || said.status === 'broken')
    throw new UserError(
      'The policy folder differs from the policy that runs, so nothing was changed.',
      'See `trapkey policy diff`; apply it with `trapkey policy apply`, or take it back. Then run this again.',
    );
}

async function runs(policy: OpenPolicy, by: Exclude<WrapBy, 'first'>, file: string): Promise<void> {
  const said = await policy.checkFolder();
  if (said.status === 'same' || said.status === 'tightened') return;
  const report = said.status === 'proposed' ? await policy.apply(by, { digest: said.diff.to }) : undefined;
  if (report?.status === 'applied') return;
  throw new UserError(
    `${file} was proposed and does not run yet, so the client's file was left as it was.`,
    'A second administrator applies it with `trapkey policy apply`; then run this again.',
  );
}
