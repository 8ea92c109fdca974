import type { UpstreamListeners, UpstreamReply, UpstreamRequest } from '@trapkey/contract/upstream.ts';
import type { ConnectorRules } from '../../kernel/rules.ts';

/** Whose upstream session is used: never shared between persons or releases unless the connection says so. */
export interface ExecuteTarget {
  readonly connector: ConnectorRules;
  readonly person: string;
  /** Public id of the credential that the person came with. */
  readonly credential?: string | undefined;
  /** plugin@version */
  readonly release: string;
}

/** Sends one decided request to its upstream. Never throws: what went wrong is in the reply. */
export type Execute = (target: ExecuteTarget, request: UpstreamRequest, listeners: UpstreamListeners) => Promise<UpstreamReply>;
