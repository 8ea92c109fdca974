/** The part of oidc-provider that the tests use; it ships no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }
  interface Context {
    readonly oidc: {
      readonly provider: {
        readonly Grant: new (of: { readonly clientId: string | undefined; readonly accountId: string | undefined }) => Grant;
      };
      readonly session?: { readonly accountId?: string };
      readonly client?: { readonly clientId: string };
      readonly params?: Readonly<Record<string, unknown>>;
    };
  }
  interface Settings {
    readonly findAccount: (context: Context, sub: string) => unknown;
    readonly extraTokenClaims: (context: Context, token: { readonly accountId?: string }) => Readonly<Record<string, unknown>> | undefined;
    readonly interactions: { readonly url: (context: Context, interaction: { readonly uid: string }) => string };
    readonly loadExistingGrant: (context: Context) => Promise<Grant>;
    readonly features: {
      readonly devInteractions: { readonly enabled: boolean };
      readonly deviceFlow: { readonly enabled: boolean };
      readonly resourceIndicators: {
        readonly enabled: boolean;
        readonly getResourceServerInfo: (context: Context, resource: string) => unknown;
        readonly useGrantedResource: () => boolean;
      };
    };
    readonly [name: string]: unknown;
  }
  export class Provider {
    constructor(issuer: string, settings: Settings);
    callback(): (req: IncomingMessage, res: ServerResponse) => unknown;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<{ readonly params: Readonly<Record<string, unknown>> }>;
    interactionFinished(req: IncomingMessage, res: ServerResponse, result: unknown): Promise<void>;
  }
}
