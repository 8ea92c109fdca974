import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Clock } from '../../kernel/clock.ts';
import { archivesPath, type Marketplace, type MarketplaceReleases, type ServedRelease } from '../../kernel/marketplace.ts';
import { triesIt } from '../../kernel/release-standing.ts';
import type { PluginRules, PolicySet } from '../../kernel/rules.ts';
import { rewrittenFiles } from './rewrite.ts';
import { zipOf } from './zip.ts';

const builtMax = 200;
const builtBytesMax = 256 * 1024 * 1024;
const dayMs = 86_400_000;

/** What the marketplace works with. */
export interface MarketplaceParts {
  readonly releases: MarketplaceReleases;
  readonly policy: () => PolicySet;
  readonly publicUrl: () => string;
  readonly keys: { readonly tokens: Uint8Array };
  readonly clock: Clock;
  /** Whether an identity provider signs people in. */
  readonly signsIn: boolean;
}

interface Person {
  readonly person: string;
  readonly groups: readonly string[];
}

interface Offer {
  readonly plugin: PluginRules;
  readonly version: string;
  readonly sourceDigest: string;
}

/** Opens the governed marketplace: what a person may use, with its connectors led through this gateway. */
export function openMarketplace(parts: MarketplaceParts): Marketplace {
  const build = builder(parts);
  const sign = signer(parts.keys.tokens);
  const day = () => Math.floor(parts.clock() / dayMs);
  return {
    async list(person) {
      const url = parts.publicUrl();
      const plugins: JsonObject[] = [];
      for (const offer of await offersFor(parts, person)) {
        const served = await build(offer);
        if (!served) continue;
        const path = pathOf(offer, served);
        plugins.push(entryOf(offer, served, `${url}${path}?k=${day()}.${sign(day(), path)}`));
      }
      const { organization } = parts.policy();
      return {
        name: `trapkey-${organization.id}`,
        owner: { name: organization.owner },
        metadata: { description: 'Approved releases; their connectors lead through Trapkey.' },
        plugins,
      };
    },
    async archive(path, key, person) {
      if (!person && !goodKey(sign, day(), path, key)) return undefined;
      const offers = await offersFor(parts, person);
      const [, id, version] = /^\/archives\/([^/]+)\/([^/]+)\/[0-9a-f]{64}\.zip$/.exec(path) ?? [];
      const offer = offers.find((one) => one.plugin.id === id && one.version === version);
      const served = offer && (await build(offer));
      return served && pathOf(offer, served) === path ? served.archive : undefined;
    },
  };
}

/** Releases that are current or tried, of plugins that policy has; with a person only what is for them. */
async function offersFor({ releases, policy }: MarketplaceParts, person: Person | undefined): Promise<readonly Offer[]> {
  const set = policy();
  const found = (await releases.servable()).flatMap(
    ({ release: { id, version }, sourceDigest, canary }): readonly (Offer & { canary: boolean })[] => {
      const plugin = set.plugins.get(id);
      if (!plugin || (person && !isFor(plugin, person))) return [];
      const trying = plugin.releases?.canary;
      if (canary && person && !(trying?.version === version && triesIt(trying, id, person.person))) return [];
      return [{ plugin, version, sourceDigest, canary }];
    },
  );
  if (!person) return found;
  // Of two releases a person has the one that they try.
  const tried = new Set(found.filter(({ canary }) => canary).map(({ plugin }) => plugin.id));
  return found.filter(({ canary, plugin }) => canary || !tried.has(plugin.id)).toSorted((a, b) => (a.plugin.id < b.plugin.id ? -1 : 1));
}

function isFor(plugin: PluginRules, { person, groups }: Person): boolean {
  return plugin.for.some((who) => (who.startsWith('group:') ? groups.includes(who.slice('group:'.length)) : who === person));
}

function builder({ releases, policy, publicUrl, signsIn }: MarketplaceParts) {
  const built = new Map<string, ServedRelease>();
  let bytes = 0;
  return async ({ plugin, version, sourceDigest }: Offer): Promise<ServedRelease | undefined> => {
    const set = policy();
    const key = JSON.stringify([plugin.id, version, sourceDigest, set.digest, publicUrl()]);
    const known = built.get(key);
    if (known) return known;
    const files = await releases.files({ kind: 'plugin', id: plugin.id, version });
    if (!files) return undefined;
    const to = { plugin: plugin.id, version, connectors: plugin.connectors, policy: set, url: publicUrl(), signsIn };
    const { files: served, connectors, description } = rewrittenFiles(files, to);
    const archive = await zipOf(served);
    const release = { archive, sha256: createHash('sha256').update(archive).digest('hex'), connectors, description };
    await releases.served({ kind: 'plugin', id: plugin.id, version }, `sha256:${release.sha256}`);
    built.set(key, release);
    bytes += archive.length;
    for (const [old, { archive: dropped }] of built) {
      if ((built.size <= builtMax && bytes <= builtBytesMax) || old === key) break;
      built.delete(old);
      bytes -= dropped.length;
    }
    return release;
  };
}

function pathOf({ plugin, version }: Offer, { sha256 }: ServedRelease): string {
  return `${archivesPath}${plugin.id}/${version}/${sha256}.zip`;
}

function entryOf({ plugin, version }: Offer, { sha256, connectors, description }: ServedRelease, url: string): JsonObject {
  const uncovered = connectors.filter(({ coverage }) => coverage !== 'gateway').map(({ name }) => `not-covered:${name.slice(0, 60)}`);
  return {
    name: plugin.id,
    version,
    ...(description !== undefined && { description }),
    author: { name: plugin.owner },
    source: { source: 'archive', url, sha256 },
    tags: ['governed', ...uncovered],
  };
}

function signer(tokensKey: Uint8Array) {
  const key = new Uint8Array(hkdfSync('sha256', tokensKey, '', 'trapkey/archives/1', 32));
  return (day: number, path: string) => createHmac('sha256', key).update(`${day} ${path}`).digest('base64url');
}

/** An address of the list is good on its day and the next: clients fetch the archive without the header of the list. */
function goodKey(sign: ReturnType<typeof signer>, today: number, path: string, key: string | undefined): boolean {
  const [, day = '', mac = ''] = /^(\d{1,7})\.([\w-]{43})$/.exec(key ?? '') ?? [];
  if (Number(day) !== today && Number(day) !== today - 1) return false;
  return timingSafeEqual(Buffer.from(sign(Number(day), path)), Buffer.from(mac));
}
