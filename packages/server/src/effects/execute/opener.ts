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
  const key = JSON.stringify([rules.upstream, rules.sampling, rules.sharing, rules.callTimeoutMs]);
  addresses.set(rules, key);
  return key;
}

/** Opens upstreams for holders. Throws, in words, where the connection has none that this build reaches. */
export function opener(
  parts: OpenerParts,
  changed: (change: UpstreamChange) => void,
): (rules: ConnectionRules, holder: Holder) => Upstream {
  const { kinds, limits, homesFolder, hiddenFolders, client } = parts;
  return (rules, holder) => {
    const address = rules.upstream;
    const kind = address && kinds.find((candidate) => candidate.kinds.includes(address.kind));
    if (!address || !kind) throw new Error(`connection ${rules.id} has no upstream that this build reaches`);
    const upstream = kind.open(
      addressFor(address, homeOf(homesFolder, holder)),
      { ...limits, callTimeoutMs: rules.callTimeoutMs },
      { ...client, sampling: rules.sampling, hidden: hiddenFolders },
    );
    upstream.onNotification((method, params) => {
      const change = changeOf(rules.id, holder.shared ? undefined : holder.person, method, params);
      if (change) changed(change);
    });
    return upstream;
  };
}
