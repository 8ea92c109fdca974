import manifest from '../package.json' with { type: 'json' };

/** This build's version, as published. */
export const version = manifest.version;
