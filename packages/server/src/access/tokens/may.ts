import { UserError } from '../../kernel/errors.ts';
import type { DirectoryPerson, PluginRules, PolicySet } from '../../kernel/rules.ts';

const dayMs = 86_400_000;
const expiresDefaultMs = 30 * dayMs;
const expiresMaxMs = 366 * dayMs;

/** A person by any alias. */
export function idOf(set: PolicySet, name: string): string {
  const plain = name.trim().toLowerCase();
  return set.directory.get(plain)?.id ?? plain;
}

/** The plugin, when there is something to connect to. */
export function pluginOf(set: PolicySet, id: string): PluginRules {
  const plugin = set.plugins.get(id);
  if (!plugin)
    throw new UserError(`There is no plugin ${id} in the running policy.`, `Its plugins: ${[...set.plugins.keys()].join(', ') || 'none'}.`);
  if (plugin.connectors.length === 0)
    throw new UserError(
      `Plugin ${id} ${plugin.version} has no connectors, so there is nothing to connect to.`,
      `Its owner is ${plugin.owner}.`,
    );
  return plugin;
}

/** Refuses a token that could never be used. */
export function checkFor(set: PolicySet, plugin: PluginRules, person: string): void {
  if (isFor(plugin.for, person, set.directory.get(person))) return;
  throw new UserError(
    `Plugin ${plugin.id} is for ${plugin.for.join(', ') || 'nobody'}, and that does not include ${person}. Nothing was issued.`,
    `Its owner, ${plugin.owner}, can change \`for:\`; groups are in the directory.`,
  );
}

/** Refuses a profile that the plugin does not have for this person. */
export function checkProfile(set: PolicySet, plugin: PluginRules, profile: string | undefined, person: string): void {
  if (profile === undefined) return;
  const usable = (set.profiles.get(plugin.id) ?? []).filter((each) => isFor(each.for, person, set.directory.get(person)));
  if (usable.some((each) => each.id === profile)) return;
  throw new UserError(
    `Plugin ${plugin.id} has no profile ${profile} for ${person}. Nothing was issued.`,
    `Profiles: ${usable.map((each) => each.id).join(', ') || 'none'}.`,
  );
}

/** As the identify stage reads `for:`. */
function isFor(list: readonly string[], person: string, known: DirectoryPerson | undefined): boolean {
  const names = [person, ...(known?.aliases ?? [])].map((name) => name.toLowerCase());
  return list.some((entry) =>
    entry.startsWith('group:') ? known?.groups.includes(entry.slice('group:'.length)) : names.includes(entry.toLowerCase()),
  );
}

/** How long a token lasts: as asked, within limits. */
export function checkExpiry(expiresMs = expiresDefaultMs): number {
  if (Number.isSafeInteger(expiresMs) && expiresMs >= 1_000 && expiresMs <= expiresMaxMs) return expiresMs;
  throw new UserError('A token lasts at least a second and at most 366 days.', 'For example `--expires 30d`.');
}
