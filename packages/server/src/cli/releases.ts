import type { Command } from 'commander';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { type ReleaseDetail, type Releases, type ReviewAspect, reviewAspects } from '../kernel/releases.ts';
import { type Capability, capabilities } from '../kernel/scan.ts';
import { disposable } from './connect.ts';
import { prove, type Terminal, takesCredential } from './credential.ts';
import { type Acting, type ActOn, nameOf, type Options } from './releases-acting.ts';
import { opening } from './releases-opening.ts';
import { detailText, listText } from './releases-text.ts';

/** What the commands about releases work with; no server needs to run. */
interface Door {
  readonly releases: Releases;
  readonly people: People;
  close(): Promise<void>;
}
type OpenDoor = (globals: Readonly<Record<string, unknown>>) => Promise<Door>;

/** `trapkey catalog propose|releases|show|review|sign|canary|approve|roll-back|deprecate|revoke`. */
export function releasesCommands(group: Command, open: OpenDoor, terminal: Terminal): void {
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  looking(group, open, say);
  const acting = <O extends Options>(
    command: Command,
    run: (
      releases: Releases,
      given: {
        readonly words: readonly string[];
        readonly options: O;
        readonly by: ProvenPerson;
        readonly tell: (text: string) => void;
      },
    ) => Promise<ReleaseDetail>,
  ) =>
    takesCredential(command.option('--reason <text>', 'why, for the record').option('--json', 'as JSON')).action(
      async (...all: unknown[]) => {
        const self = all.at(-1) as Command;
        const options = all.at(-2) as O;
        await using door = disposable(await open(self.optsWithGlobals()));
        const by = await prove(door.people, options, terminal);
        const told: string[] = [];
        const done = await run(door.releases, { words: self.args, options, by, tell: (text) => told.push(text) });
        say(options, done, detailText(done));
        for (const text of told) terminal.stderr.write(text);
      },
    );
  const actOn = (words: readonly string[], { reason = '' }: Options, by: ProvenPerson) => ({ ...nameOf(words[0]), by, reason });
  proposing(group, acting);
  acting(
    group.command('review').description('start the review of what was proposed').argument('<release>'),
    (releases, { words, options, by }) => releases.review(actOn(words, options, by)),
  );
  signing(group, acting, actOn);
  opening(group, acting, actOn);
  acting(
    group.command('deprecate').description('something should take its place').argument('<release>'),
    (releases, { words, options, by }) => releases.deprecate(actOn(words, options, by)),
  );
  acting(
    group.command('revoke').description('refuse it from the next call on, for good').argument('<release>'),
    (releases, { words, options, by }) => releases.revoke(actOn(words, options, by)),
  );
}

function looking(group: Command, open: OpenDoor, say: (options: Options, value: unknown, words: string) => void): void {
  group
    .command('releases')
    .description('plugins and connectors, their releases and how each stands')
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const found = await door.releases.list();
      say(options, found, listText(found));
    });
  group
    .command('show')
    .description('a release: what changed, what it can do, its checklist and who signed it off')
    .argument('<release>', 'sales@2.1.0, or connector:crm@1')
    .option('--against <version>', 'compare it with this release instead of the current one')
    .option('--json', 'as JSON')
    .action(async (release: string, options: Options & { readonly against?: string }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const found = await door.releases.show(nameOf(release), options.against);
      if (!found) throw new UserError(`The catalog has no ${release.slice(0, 200)}.`, 'See: trapkey catalog releases.');
      say(options, found, detailText(found));
    });
}

function proposing(group: Command, acting: Acting): void {
  const command = group
    .command('propose')
    .description('read a plugin into the catalog; nothing of it runs')
    .argument('<source>', 'a folder, an archive (zip, tar.gz), the address of a repository, or connector:<name>')
    .option('--owner <person>', 'who answers for it; you, unless told otherwise')
    .option('--allow-private', 'a repository at a private address is meant');
  acting<Options & { readonly owner?: string; readonly allowPrivate?: boolean }>(command, (releases, { words, options, by }) => {
    const [source = ''] = words;
    const owner = options.owner !== undefined && { owner: options.owner };
    if (source.startsWith('connector:')) return releases.proposeConnector({ connector: source.slice('connector:'.length), by, ...owner });
    return releases.propose({ source, by, privateNetwork: options.allowPrivate === true, ...owner });
  });
}

function signing(group: Command, acting: Acting, actOn: ActOn): void {
  const command = group
    .command('sign')
    .description('what you found in your review; security and data by different people, neither of them its author')
    .argument('<release>')
    .requiredOption('--aspect <aspect>', reviewAspects.join(' or '))
    .option('--fail', 'it does not pass; say why with --reason')
    .option('--for <capability...>', `what you approve it for: ${capabilities.join(', ')}`);
  acting<Options & { readonly aspect: string; readonly fail?: boolean; readonly for?: readonly string[] }>(
    command,
    (releases, { words, options, by }) => {
      const aspect = reviewAspects.find((one) => one === options.aspect);
      const unknown = options.for?.find((one) => !(capabilities as readonly string[]).includes(one));
      if (!aspect || unknown !== undefined)
        throw new UserError(
          `There is no ${aspect ? `capability ${unknown}` : `review called ${options.aspect}`}.`,
          `There are ${(aspect ? capabilities : reviewAspects).join(', ')}.`,
        );
      const chosen = options.for && { capabilities: options.for as readonly Capability[] };
      return releases.sign({
        ...actOn(words, options, by),
        aspect: aspect satisfies ReviewAspect,
        passed: options.fail !== true,
        ...chosen,
      });
    },
  );
}
