/** Loaded when somebody uses a passkey: most processes never do, and it takes a tenth of their start. */
export const webauthn = (): Promise<typeof import('@simplewebauthn/server')> => import('@simplewebauthn/server');
