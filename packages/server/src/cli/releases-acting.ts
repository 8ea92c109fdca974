import type { Command } from 'commander';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { ReleaseName } from '../kernel/release-standing.ts';
import type { ReleaseDetail, Releases } from '../kernel/releases.ts';
import type { CredentialOptions } from './credential.ts';

/** Options that every act on a release takes. */
export interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly reason?: string;
}

/** Gives a command what every act needs, and runs it. */
export type Acting = <O extends Options>(
  command: Command,
  run: (
    releases: Releases,
    given: {
      readonly words: readonly string[];
      readonly options: O;
      readonly by: ProvenPerson;
      /** Beside what is shown of the release. */
      readonly tell: (text: string) => void;
    },
  ) => Promise<ReleaseDetail>,
) => Command;
/** The release that was named, by whom and why. */
export type ActOn = (
  words: readonly string[],
  options: Options,
  by: ProvenPerson,
) => ReleaseName & { readonly by: ProvenPerson; readonly reason: string };

/** `sales@2.1.0` or `connector:crm@1`. */
export function nameOf(text = ''): ReleaseName {
  const [, connector, id, version] = /^(connector:)?([^@:]+)@(.+)$/.exec(text) ?? [];
  if (id === undefined || version === undefined)
    throw new UserError(
      `\`${text.slice(0, 200)}\` names no release.`,
      'Write plugin@version, for example sales@2.1.0, or connector:crm@1.',
    );
  return { kind: connector === undefined ? 'plugin' : 'connector', id, version };
}
