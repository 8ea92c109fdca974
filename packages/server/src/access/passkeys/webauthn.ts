/** Loaded when somebody uses a passkey: most processes never do. */
export const webauthn = (): Promise<typeof import('@simplewebauthn/server')> => import('@simplewebauthn/server');
