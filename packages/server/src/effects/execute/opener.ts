import type { ConnectorKind, OpenOptions, Upstream, UpstreamLimits } from '@trapkey/contract/upstream.ts';
import type { ConnectionRules } from '../../kernel/rules.ts';
import { changeOf, type UpstreamChange } from './changes.ts';
import { addressFor, type Holder, homeOf } from './homes.ts';

export interface OpenerParts {
  readonly kinds: readonly ConnectorKind[];
  readonly limits: Omit<UpstreamLimits, 'callTimeoutMs'>;
  /** Private homes of processes are made in here. */
  readonly homesFolder: string;
  /** Folders that no upstream process may see: the data folder. */
  readonly hiddenFolders: readonly string[];
  readonly client: Pick<OpenOptions, 'clientName' | 'clientVersion'>;
}

const addresses = new WeakMap<ConnectionRules, string>();

/** All that an upstream is opened for, as text: another text means another upstream. */
export function addressKey(rules: ConnectionRules): string {
  const known = addresses.get(rules);
  if (known !== undefined) return known;
  const key = JSON.stringify([rules.upstream, rules.sampling, rules.sharing, rules.callTimeoutMs, rules.credentials]);
  addresses.set(rules, key);
  return key;
}

/** Opens upstreams for holders. Throws, in words, where the connection has none that this build reaches. */
export function opener(
  parts: OpenerParts,
  changed: (change: UpstreamChange) => void,
): (rules: ConnectionRules, holder: Holder, bearer?: { readonly token: string | undefined }) => Upstream {
  const { kinds, limits, homesFolder, hiddenFolders, client } = parts;
  return (rules, holder, bearer) => {
    const personal = rules.credentials !== undefined && bearer !== undefined;
    // Where a person's own rights go up, no account of the house stands in for them.
    const address = personal ? withoutAuthorization(rules.upstream) : rules.upstream;
    const kind = address && kinds.find((candidate) => candidate.kinds.includes(address.kind));
    if (!address || !kind) throw new Error(`connection ${rules.id} has no upstream that this build reaches`);
    const upstream = kind.open(
      addressFor(address, homeOf(homesFolder, holder)),
      { ...limits, callTimeoutMs: rules.callTimeoutMs },
      {
        ...client,
        sampling: rules.sampling,
        hidden: hiddenFolders,
        ...(personal && { authorization: () => (bearer.token === undefined ? undefined : `Bearer ${bearer.token}`) }),
      },
    );
    upstream.onNotification((method, params) => {
      const change = changeOf(rules.id, holder.shared ? undefined : holder.person, method, params);
      if (change) changed(change);
    });
    return upstream;
  };
}

function withoutAuthorization(address: ConnectionRules['upstream']): ConnectionRules['upstream'] {
  if (address?.kind !== 'http' || !address.headers) return address;
  return {
    ...address,
    headers: Object.fromEntries(Object.entries(address.headers).filter(([name]) => name.toLowerCase() !== 'authorization')),
  };
}
