import { z } from 'zod';
import { UserError } from '../../kernel/errors.ts';

/** Asymmetric signatures only: a key that verifies can never sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;

/** How JWTs of the organization's identity provider are checked. */
const oidcSettings = z.strictObject({
  /** Exactly as in the provider's metadata and in `iss`. */
  issuer: z.url(),
  /** Where its keys are; found through its metadata when absent. */
  jwksUrl: z.url().optional(),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']),
  /** The claim that names the person. `email` counts only where `email_verified` is true. */
  personClaim: z.string().min(1).default('email'),
  groupsClaim: z.string().min(1).default('groups'),
  /** Refuses a token for the whole gateway that does not name the plugin in its scope; otherwise the plugin is `claimed`. */
  pluginScopeRequired: z.boolean().default(false),
  clockSkewMs: z.int().min(0).max(120_000).default(30_000),
  /** Whether the provider may be on a private network. */
  network: z.enum(['public', 'private']).default('public'),
  /** For tests: plain http to this machine. */
  insecureLoopback: z.boolean().default(false),
});

export type OidcInput = z.input<typeof oidcSettings>;
export type OidcSettings = z.output<typeof oidcSettings>;

/** Reads the settings of an identity provider; what is wrong is said by its name. */
export function readOidc(given: OidcInput): OidcSettings {
  const read = oidcSettings.safeParse(given);
  if (read.success) return read.data;
  throw new UserError(
    `The settings of the identity provider are wrong. ${z.prettifyError(read.error)}`,
    'Nothing was started; the person who runs this gateway can change them.',
  );
}
