import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../kernel/errors.ts';
import type { UnwrapReport, WrapChoice, WrapReport } from '../../kernel/wrapped.ts';
import { digestOf, forget, type Kept, keep, keptFolder, keptOf, readTarget, replaceFile } from './kept.ts';
import { managedBy } from './managed.ts';
import { type AskTools, type Gatewayed, planWrap, rewritten, type WrapPlan } from './plan.ts';
import { type Unwrapped, unwrapped } from './unwrapped.ts';
import { blankVariables } from './variables.ts';

/** A file as it is to be wrapped: where it was wrapped already and servers came, as it would be unwrapped. */
export interface Wrapping {
  readonly plan: WrapPlan;
  readonly text: string;
  /** The digest of the bytes that stand in the file now. */
  readonly now: string;
  readonly mode: number;
}

/** Reads a file and plans. Refuses what is not the person's own, and bytes that are no text. */
export async function openWrapping(
  choice: Pick<WrapChoice, 'path' | 'person' | 'privateNetwork'>,
  parts: {
    readonly data: string;
    readonly managed: readonly string[];
    readonly taken: (except: readonly string[]) => ReadonlySet<string>;
    readonly ask: AskTools;
  },
): Promise<Wrapping> {
  mayTouch(choice.path, parts.managed);
  const { file, bytes, mode } = await readTarget(choice.path);
  mayTouch(file, parts.managed);
  const known = await keptOf(parts.data, file);
  const base = known ? baseOf(known.kept, known.backup, bytes) : bytes;
  const text = Buffer.from(base).toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(base)) throw new UserError(`${file} is not UTF-8 text. Nothing was changed.`);
  const own = known ? [known.kept.plugin, ...known.kept.entries.map(({ connector }) => connector)] : [];
  const plan = await planWrap({
    file,
    text,
    person: choice.person,
    privateNetwork: choice.privateNetwork,
    taken: parts.taken(own),
    ask: parts.ask,
  });
  return { plan, text, now: digestOf(bytes), mode };
}

function mayTouch(path: string, managed: readonly string[]): void {
  const why = managedBy(path, managed);
  if (why !== undefined) throw new UserError(`${path} ${why}. Nothing was changed.`);
}

function baseOf(kept: Kept, backup: Buffer, bytes: Buffer): Uint8Array {
  const back = unwrapped(kept, backup, bytes, digestOf(bytes));
  if (back.kind !== 'conflict') return back.bytes;
  throw conflict(kept.file, back.names);
}

function conflict(file: string, names: readonly string[]): UserError {
  return new UserError(
    `${file} was wrapped, and then ${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} changed by somebody else. Nothing was changed.`,
    'Put these entries back as wrap wrote them, or take them out; then try again. `trapkey unwrap --print` shows the file as it was.',
  );
}

/** Writes the file: the backup is kept first, and only bytes that were looked at are replaced. */
export async function writeWrapped(
  { plan, text, now, mode }: Wrapping,
  parts: { readonly data: string; readonly person: string; readonly gatewayed: Gatewayed },
): Promise<string> {
  const { bytes } = await readTarget(plan.file);
  if (digestOf(bytes) !== now) throw new UserError(`${plan.file} changed meanwhile, so it was left alone.`, 'Run the command again.');
  const after = rewritten(plan, text, parts.gatewayed);
  const kept: Kept = {
    format: 'trapkey-wrapped/1',
    file: plan.file,
    plugin: plan.plugin,
    person: parts.person,
    policyFile: plan.policyFile,
    policyDigest: digestOf(plan.policy),
    before: digestOf(text),
    after: digestOf(after.text),
    entries: after.entries,
    variables: Object.keys(plan.variables),
  };
  await keep(parts.data, kept, Buffer.from(text, 'utf8'));
  await replaceFile(plan.file, after.text, mode);
  return join(keptFolder(parts.data, plan.file), 'backup');
}

/** Puts a file back and ends the tokens that were made for it. */
export async function unwrap(
  path: string,
  parts: { readonly data: string; readonly policyFolder: string; readonly managed: readonly string[] },
): Promise<UnwrapReport> {
  mayTouch(path, parts.managed);
  const { file, bytes, mode } = await readTarget(path);
  const known = await keptOf(parts.data, file);
  if (!known)
    throw new UserError(`${file} was not wrapped from here. Nothing was changed.`, 'Another data folder may know it: --data <folder>.');
  const { kept, backup } = known;
  const back = unwrapped(kept, backup, bytes, digestOf(bytes));
  if (back.kind === 'conflict') throw conflict(file, back.names);
  await replaceFile(file, back.bytes, mode);
  const policy = await takeOutPolicy(kept, parts.policyFolder);
  await blankVariables(parts.data, kept.variables);
  await forget(parts.data, file);
  return { file, kind: back.kind, says: said(back), policy };
}

/** The file as it was before it was wrapped. */
export async function backupOf(path: string, data: string): Promise<Buffer> {
  const { file } = await readTarget(path);
  const known = await keptOf(data, file);
  if (!known) throw new UserError(`${file} was not wrapped from here.`);
  return known.backup;
}

function said(back: Exclude<Unwrapped, { readonly kind: 'conflict' }>): string {
  if (back.kind === 'restored') return 'is byte for byte as it was before';
  const gone = back.gone.length === 0 ? '' : ` (${back.gone.join(', ')} had been taken out, and stays out)`;
  return `changed since it was wrapped: each wrapped entry is as it was before, and every other change was kept${gone}`;
}

async function takeOutPolicy(kept: Kept, folder: string): Promise<string> {
  const place = join(folder, kept.policyFile);
  const found = await readTarget(place).catch(() => undefined);
  if (!found) return `There is no ${kept.policyFile} in the policy folder any more.`;
  if (digestOf(found.bytes) !== kept.policyDigest) return `${place} was edited, so it stays; take it out by hand when nobody needs it.`;
  await rm(place);
  return `${place} was taken out; \`trapkey policy apply\` takes it out of the policy that runs.`;
}

/** What is told of a plan. */
export function reportOf({ plan }: Wrapping, policyFolder: string, backup?: string): WrapReport {
  return {
    file: plan.file,
    plugin: plan.plugin,
    wrapped: plan.entries.flatMap(({ shown, server }) => (server ? [{ name: shown, connector: server.connector }] : [])),
    left: plan.entries.flatMap(({ shown, says }) => (says === undefined ? [] : [{ name: shown, says }])),
    policy_file: join(policyFolder, plan.policyFile),
    backup,
  };
}
